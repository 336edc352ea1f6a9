import type { Reason } from "../probes/probe.ts";
import type { ProbeKind } from "../probes/reading.ts";
import type { Target } from "./report.ts";

/** A part of the cluster that can be broken. `name` is that of `componentName`. */
export type Component =
  /** All that a node sends and receives; `in` and `out` only what others begin to it, and what it begins. */
  | { readonly kind: "node" | "in" | "out"; readonly node: string }
  /** The way from one zone to another, or inside one. A node whose zone is not known is in zone "". */
  | { readonly kind: "zones"; readonly from: string; readonly to: string }
  /** The way from one node to another. */
  | { readonly kind: "pair"; readonly from: string; readonly to: string }
  /** A node's pod network, while its own address is reached. */
  | { readonly kind: "overlay"; readonly node: string }
  /** A node's Service dataplane, such as its kube-proxy. */
  | { readonly kind: "proxy"; readonly node: string }
  /** A DNS pod. */
  | { readonly kind: "dns"; readonly pod: string }
  /** All of the cluster's DNS, and DNS for names outside it. */
  | { readonly kind: "cluster_dns" | "external_dns" }
  /** The resolver of a node's own, such as a node-local cache. */
  | { readonly kind: "nodelocaldns"; readonly node: string }
  | { readonly kind: "ingress" }
  /** The nth API server. */
  | { readonly kind: "apiserver"; readonly endpoint: number }
  /** An endpoint of the agents' Service, by its pod, or the target of a check of the user's own, by the check's name. */
  | { readonly kind: "endpoint"; readonly name: string }
  /** The agent on a node, which is in no state to judge others. */
  | { readonly kind: "agent"; readonly node: string };

export type ComponentKind = Component["kind"];

/** Which of the traffic that crosses a component fails: all, what goes to pods, large messages, UDP, DNS over UDP or TCP, UDP from a port that is kept. */
export type Layer = "any" | "pod" | "large" | "udp" | "dns_udp" | "dns_tcp" | "kept_port";

/** The label `name`: `node-7`, `zone-a → zone-b`, `coredns-x`, `api_server_2`. */
export function componentName(component: Component): string {
  switch (component.kind) {
    case "zones":
      return `${component.from || "no zone"} → ${component.to || "no zone"}`;
    case "pair":
      return `${component.from} → ${component.to}`;
    case "dns":
      return component.pod;
    case "endpoint":
      return component.name;
    case "apiserver":
      return `api_server_${component.endpoint}`;
    case "cluster_dns":
    case "external_dns":
    case "ingress":
      return component.kind;
    default:
      return component.node;
  }
}

/** Failures of one check of one node that a finding explains. */
export interface ExplainedFailure {
  /** The node whose agent saw them. */
  readonly node: string;
  readonly probe: ProbeKind;
  readonly target: Target;
  readonly good: number;
  readonly bad: Readonly<Partial<Record<Reason, number>>>;
}

/** What speaks for a finding, in the window in which it was last seen. */
export interface Evidence {
  /** The window's length, and its end in Unix seconds. */
  readonly windowSeconds: number;
  readonly until: number;
  /** Share of what crossed the component that was lost or failed, in (0, 1]. */
  readonly loss: number;
  /** ln of how much likelier the readings are with the fault than without, less what chance and complexity cost. */
  readonly score: number;
  /** Attempts and datagrams that failed, and all that crossed the component. */
  readonly bad: number;
  readonly probes: number;
  /** The nodes whose agents saw failures, in order; at most 50 of `reporterCount`. */
  readonly reporters: readonly string[];
  readonly reporterCount: number;
  /** The worst first; at most 50 of `explainedCount`. */
  readonly explained: readonly ExplainedFailure[];
  readonly explainedCount: number;
}

/** Why a finding closed: its readings are well again, its node left the cluster or is in planned change, or nobody can tell: no leader watched for 5 minutes, or another one does than found it slow. */
export type Closing = "recovered" | "node-left" | "planned" | "unwatched";

/** A named culprit. */
export interface Finding {
  /** Stays the same while it is open, whoever leads; differs from one outage to the next. */
  readonly id: string;
  readonly component: Component;
  readonly layer: Layer;
  /** A slug of the signature catalogue: `node_down`, `mtu_black_hole_out`, `unknown`. */
  readonly cause: string;
  /** Causes that fit equally well. */
  readonly otherCauses: readonly string[];
  /** Components that explain the same failures equally well. */
  readonly otherComponents: readonly Component[];
  /** In (0, 1). */
  readonly confidence: number;
  /** Only two agents could tell, since there are fewer than five nodes. */
  readonly fewReporters: boolean;
  /** Unix seconds. */
  readonly openedAt: number;
  readonly lastSeenAt: number;
  readonly closed?: { readonly at: number; readonly why: Closing };
  readonly evidence: Evidence;
  /** A sentence for people: what fails, where, how much. */
  readonly summary: string;
  /** What to look at next, in order. */
  readonly checkNext: readonly string[];
}
