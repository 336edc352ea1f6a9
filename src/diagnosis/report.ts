import type { Retries } from "../checks/pairRetries.ts";
import type { Reason } from "../probes/probe.ts";
import type { ProbeKind } from "../probes/reading.ts";
import type { Sketch } from "./sketch.ts";

/** How a DNS server is asked; `kept_port` is UDP from a port that is kept from one query to the next. */
export type Transport = "udp" | "tcp" | "kept_port";

/** What a reading was taken of. Names of nodes, pods and checks, never an address. */
export type Target =
  /** The agent on a node, by its pod address (http, udp, payload), or the node by its own address (tcp). */
  | { readonly kind: "node"; readonly node: string }
  /** `node` is where the pod runs; absent where it is not known. */
  | {
      readonly kind: "dns_pod";
      readonly pod: string;
      readonly node?: string;
      readonly transport: Transport;
    }
  | { readonly kind: "dns_service"; readonly transport: Transport }
  /** The nth name server of resolv.conf, where it is not the Service. */
  | { readonly kind: "dns_resolver"; readonly resolver: number; readonly transport: Transport }
  /** An external name, by the first resolver. */
  | { readonly kind: "dns_external" }
  | { readonly kind: "lookup"; readonly name: "internal" | "internal_absolute" | "external" }
  /** The agents' own Service: over a new connection, over one that is kept, by its address to each endpoint. */
  | { readonly kind: "service"; readonly via: "new" | "kept" | "address" }
  | { readonly kind: "ingress" }
  /** `endpoint` is the place (1, 2, ...) of the API server asked by its own address; present with that alone. */
  | {
      readonly kind: "api_server";
      readonly via: "address" | "name" | "kept" | "endpoint";
      readonly endpoint?: number;
    }
  | { readonly kind: "self" }
  /** A check of the user's own. */
  | { readonly kind: "extra"; readonly name: string };

/**
 * What one agent saw of one target by one probe. Counts are attempts; for probe `udp` they are datagrams: `good` came back, `bad` did not
 * (a train of which none did counts its length as `lost`). Visits of nodes that are not watched are flows of their own, by probe `http`.
 */
export interface Flow {
  readonly probe: ProbeKind;
  readonly target: Target;
  readonly good: number;
  readonly bad: Readonly<Partial<Record<Reason, number>>>;
  /** The target is tested by the rotation alone, so that its flow is seen once in a long time. Absent means false. */
  readonly rotated?: true;
  /** Of `bad` and `resent`, and of the look-ups that asked again, those that began 1, 2 and 3 or more windows before this one. Absent means none. */
  readonly earlier?: readonly number[];
  /** Attempts that say nothing about the network; in none of the other counts. */
  readonly discarded: number;
  /** Of `good`, those whose SYN was sent again: each shows a loss. Absent means none. */
  readonly resent?: number;
  /** Of the `bad` datagrams, those lost on the way to the target and on the way back, as far as the responder could tell. */
  readonly lostForward?: number;
  readonly lostReverse?: number;
  /** Pods that the Service should lead to and does not; with target `service` by `address` alone. At most 50. */
  readonly unreached?: readonly string[];
  /** Seconds that the good ones took; for `udp` the median of each train. */
  readonly latency?: Sketch;
}

/** What an agent says about itself as a witness. Shares are of 1. */
export interface Health {
  /** The longest delay of the event loop in the window. */
  readonly loopDelaySeconds: number;
  /** For so much of the window the kernel kept the agent from the CPU. */
  readonly throttledShare: number;
  /** Of all attempts in the window, those discarded because of the agent itself (`self-*`). */
  readonly discardedShare: number;
  /** Whether its last check of itself over loopback succeeded. */
  readonly selfReachable: boolean;
}

/** A pair that failed and was tested again at once, from all sides. */
export interface PairRetry {
  readonly from: string;
  readonly to: string;
  /** Why the first attempt failed. */
  readonly reason: Reason;
  readonly retries: Retries;
}

/** What one agent saw in one window of 5 s, with its ends at whole multiples of 5 s of the wall clock. */
export interface Report {
  readonly version: 1;
  readonly node: string;
  /** Absent where it is not known. */
  readonly zone?: string;
  readonly pod: string;
  /** Counts the pod's reports from 1; one that was sent twice has the same. */
  readonly sequence: number;
  /** Unix seconds; inclusive and exclusive. */
  readonly from: number;
  readonly until: number;
  readonly flows: readonly Flow[];
  readonly health: Health;
  /** Absent means none. */
  readonly pairs?: readonly PairRetry[];
}

/** The length of a report's window. */
export const reportSeconds = 5;

/** A failure that began longer ago counts as this many windows ago: no time limit is longer. */
export const mostWindowsAgo = 3;

/** Attempts or datagrams that failed, of any reason. */
export function badOf({ bad }: Pick<Flow, "bad">): number {
  return Object.values(bad).reduce((sum, count) => sum + count, 0);
}
