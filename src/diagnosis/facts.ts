import type { Reason } from "../probes/probe.ts";
import type { Culprit } from "./culprits.ts";
import type { Component } from "./finding.ts";
import { flowsAcross } from "./flowsAcross.ts";
import { type FlowName, layers } from "./graph.ts";
import { lossInParts } from "./lossInParts.ts";
import { sketchBetween } from "./sketch.ts";
import type { Window } from "./windows.ts";

/** A way to test something, each different from some other in one layer. */
export type Aspect =
  | "agent"
  | "node_address"
  | "datagrams"
  | "large"
  | "dns_pod_udp"
  | "dns_pod_tcp"
  | "dns_service"
  | "dns_kept_port"
  | "lookup"
  | "external_name"
  | "service"
  | "service_kept"
  | "api_endpoint"
  | "api_service"
  | "other";

export type AspectState = "fails" | "partly" | "succeeds" | "absent";

/** What a window says of all that crosses a culprit. */
export interface Facts {
  readonly aspects: ReadonlyMap<Aspect, AspectState>;
  /** Of all failures of attempts, the share of each reason, and of connections that only lost a SYN. */
  readonly reasons: ReadonlyMap<Reason | "resent", number>;
  /** Which way the lost packets went, seen from the culprit: of a node, leaving it or arriving there; of a pair, its way or the way back. */
  readonly direction: "out" | "in" | "both" | "unknown";
  /** Lookups that took a multiple of 5 s, as when a resolver asks again. */
  readonly slowLookups: number;
  readonly silent: boolean;
  /** The share that is lost while the fault lasts. */
  readonly loss: number;
}

/** An aspect fails when most of it does, and succeeds with no more than a trace of failures. */
const bounds = { fails: 0.8, succeeds: 0.02 };
/** Lost packets of one direction are told from the other's by more than this share. */
const clearly = 0.8;

/** Collects what speaks for one cause or the other; what comes of `others`, culprits of the same window, says nothing of this one. */
export function factsOf(
  window: Window,
  culprit: Culprit,
  others: readonly Culprit[],
  silent: ReadonlySet<string>,
): Facts {
  const counts = new Map<Aspect, { good: number; bad: number }>();
  const reasons = new Map<Reason | "resent", number>();
  const ways = { out: 0, in: 0 };
  let slowLookups = 0;
  const explained = new Set(others.flatMap(({ verdicts }) => verdicts.flatMap(({ explains }) => explains)));
  for (const flow of crossingFlows(window, culprit)) {
    const name = window.graph.nameOf(flow);
    if (name === undefined || explained.has(flow)) continue;
    const aspect = aspectOf(name);
    const sums = counts.get(aspect) ?? { good: 0, bad: 0 };
    sums.good += window.pane.good[flow] ?? 0;
    sums.bad += window.pane.bad[flow] ?? 0;
    counts.set(aspect, sums);
    const detail = window.pane.details.get(flow);
    if (detail === undefined) continue;
    const isBack = isArriving(culprit.component, name);
    ways[isBack ? "in" : "out"] += detail.lostForward + (detail.bad.mtu_black_hole_out ?? 0);
    ways[isBack ? "out" : "in"] += detail.lostReverse + (detail.bad.mtu_black_hole_in ?? 0);
    if (aspect === "lookup") slowLookups += sketchBetween(detail.slow, 4.5, 11);
    for (const [reason, times] of Object.entries(detail.bad) as [Reason, number][]) {
      // A lost datagram has no reason of its own.
      if (name.probe !== "udp") reasons.set(reason, (reasons.get(reason) ?? 0) + times);
    }
    if (detail.resent > 0) reasons.set("resent", (reasons.get("resent") ?? 0) + detail.resent);
  }
  const node = "node" in culprit.component ? culprit.component.node : "";
  return {
    aspects: new Map([...counts].map(([aspect, sums]) => [aspect, stateOf(sums)])),
    reasons: shares(reasons),
    direction: directionOf(ways),
    slowLookups,
    silent: silent.has(node),
    loss: lossInParts(window, culprit.verdicts),
  };
}

/** The flows that surely cross a culprit, in whatever layer: what succeeds beside the broken layer tells the cause. */
function crossingFlows({ graph }: Window, { verdicts }: Culprit): ReadonlySet<number> {
  const layer = layers.indexOf("any");
  const across = verdicts.flatMap(({ place }) => flowsAcross(graph, { place, layer }));
  const sure = across.filter(({ weight }) => weight > 0).map(({ flow }) => flow);
  return new Set([...sure, ...verdicts.flatMap(({ explains }) => explains)]);
}

function aspectOf({ probe, target }: FlowName): Aspect {
  switch (target.kind) {
    case "node":
      return (
        ({ tcp: "node_address", udp: "datagrams", payload: "large" } as const)[probe as string] ?? "agent"
      );
    case "dns_pod":
      return target.transport === "tcp" ? "dns_pod_tcp" : "dns_pod_udp";
    case "dns_service":
      return target.transport === "kept_port" ? "dns_kept_port" : "dns_service";
    case "lookup":
      return target.name === "external" ? "external_name" : "lookup";
    case "dns_external":
      return "external_name";
    case "service":
      return target.via === "kept" ? "service_kept" : "service";
    case "api_server":
      if (target.via === "kept") return "service_kept";
      return target.via === "endpoint" ? "api_endpoint" : "api_service";
    default:
      return "other";
  }
}

function stateOf({ good, bad }: { good: number; bad: number }): AspectState {
  if (good + bad === 0) return "absent";
  const share = bad / (good + bad);
  if (share >= bounds.fails) return "fails";
  return share <= bounds.succeeds ? "succeeds" : "partly";
}

/** Whether a flow comes from elsewhere to the node that is suspected, or goes against the suspected way of a pair. */
function isArriving(component: Component, { node }: FlowName): boolean {
  if (component.kind === "pair") return component.to === node;
  return "node" in component && component.node !== node;
}

function directionOf({ out, in: back }: { out: number; in: number }): Facts["direction"] {
  if (out + back === 0) return "unknown";
  const share = out / (out + back);
  if (share >= clearly) return "out";
  return share <= 1 - clearly ? "in" : "both";
}

function shares<Key>(counts: ReadonlyMap<Key, number>): ReadonlyMap<Key, number> {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return new Map([...counts].map(([key, count]) => [key, count / total]));
}
