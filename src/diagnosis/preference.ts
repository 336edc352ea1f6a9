import type { Suspect } from "./candidates.ts";
import type { ComponentKind } from "./finding.ts";
import { type Graph, layers } from "./graph.ts";

/** Of a false verdict in a window, for each kind of component (Bonferroni). */
const alpha = 1e-4;
/** A general cause is preferred to one for a single pair, or for a part of the traffic. */
const narrowPenalty = 3;
/**
 * A DNS pod looks much like DNS on the node it runs on. It fails far more often than DNS over UDP alone does there; but DNS over TCP alone is lost by
 * a rule, which is a node's.
 */
const unlikelyDnsPenalty = 6;

/** Of equally good explanations the first kind is taken: the more general one. */
const kindOrder: readonly ComponentKind[] = [
  ...(["cluster_dns", "external_dns", "ingress", "apiserver", "zones", "node", "dns", "proxy"] as const),
  ...(["nodelocaldns", "in", "out", "endpoint", "pair"] as const),
];

/** What a candidate must gain to be likelier than chance among as many as there are of its kind, and to be worth its complexity (MDL). */
export function penaltyOf(graph: Graph, candidate: Suspect, probes: number): number {
  return leastPenalty(graph, candidate) + 0.5 * Math.log(Math.max(1, probes));
}

/** Of one that few probes crossed. */
export function leastPenalty(graph: Graph, candidate: Suspect): number {
  const kind = kindOf(graph, candidate);
  // The rotation visits every pair.
  const among = kind === "pair" ? graph.count("node") ** 2 : graph.count(kind);
  const narrow = (kind === "pair" ? 1 : 0) + (candidate.layer === 0 ? 0 : 1);
  const layer = layers[candidate.layer];
  const isUnlikely = (isNodes(kind) && layer === "dns_udp") || (kind === "dns" && layer === "dns_tcp");
  return Math.log(among / alpha) + narrowPenalty * narrow + (isUnlikely ? unlikelyDnsPenalty : 0);
}

function isNodes(kind: ComponentKind): boolean {
  return kind === "node" || kind === "in" || kind === "out";
}

/** The lower, the sooner it is taken among equals. */
export function rankOf(graph: Graph, { place, layer }: Suspect): number {
  return 8 * kindOrder.indexOf(kindOf(graph, { place, layer })) + layer;
}

function kindOf({ places }: Graph, { place }: Suspect): ComponentKind {
  return places[place]?.kind ?? "node";
}

/** Another layer or direction of the same, which is no other culprit. */
export function isSamePlace({ places }: Graph, a: Suspect, b: Suspect): boolean {
  if (a.place === b.place) return true;
  const [one, other] = [places[a.place], places[b.place]];
  return (
    one !== undefined && other !== undefined && nodeOf(one) !== undefined && nodeOf(one) === nodeOf(other)
  );
}

function nodeOf(component: object): unknown {
  return "node" in component ? component.node : undefined;
}
