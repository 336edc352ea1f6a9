import { anyEndpoint, brokenLayers, type Crossing } from "./components.ts";
import { type Graph, layerMaskOf, layers } from "./graph.ts";
import { type CountsByWeight, successesOf } from "./successes.ts";

/** What was counted in one window, by the flow's number in the graph. */
export interface Counts {
  readonly good: ArrayLike<number>;
  /** Includes good attempts whose SYN was sent again. */
  readonly bad: ArrayLike<number>;
  /** What else may explain a flow's failures than what it crosses: the endpoints that it named. */
  readonly excuses?: ReadonlyMap<number, readonly Crossing[]>;
  /** What of that each of a flow's successes came through. */
  readonly proofs?: ReadonlyMap<number, readonly Crossing[]>;
}

/** A component and the layer of it that may be broken. */
export interface Suspect {
  readonly place: number;
  readonly layer: number;
}

/** A suspect with what the window says of it. */
export interface Candidate extends Suspect {
  /** The flows with failures that cross it, by their places in `failing`, and how likely each of their probes does. */
  readonly flows: number[];
  readonly weights: number[];
  /** Successes that surely crossed it, by the weight with which they did. */
  good: CountsByWeight;
}

/** The part of a window that failures touch. */
export interface Touched {
  /** The numbers of the flows with failures. */
  readonly failing: readonly number[];
  readonly candidates: readonly Candidate[];
}

/** What the failures of a flow can gain at most, and what a suspect must, so that it could be broken. */
export interface Worth {
  readonly gainOf: (flow: number) => number;
  readonly neededBy: (suspect: Suspect) => number;
}

/**
 * Finds all that crosses a flow with failures and could be broken, and looks at `always` in any case. Whole passes over the flows are made in
 * numbers alone.
 */
export function findCandidates(
  graph: Graph,
  counts: Counts,
  always: readonly Suspect[],
  { gainOf, neededBy }: Worth,
): Touched {
  const failing: number[] = [];
  for (let flow = 0; flow < graph.flows; flow += 1) if ((counts.bad[flow] ?? 0) > 0) failing.push(flow);
  const eachCrossing = crossingsOf(graph, counts, failing);
  const pool = graph.place(anyEndpoint.component);
  const isAlways = new Set(always.map(keyOf));
  const alwaysPlaces = new Set([pool, ...always.map(({ place }) => place)]);

  // Most places are crossed by a failing flow or two; they are left out before anything is made for them.
  const gains = Float64Array.from(failing, gainOf);
  const mostGains = new Float64Array(graph.places.length);
  eachCrossing((place, index) => {
    mostGains[place] = (mostGains[place] ?? 0) + (gains[index] ?? 0);
  });
  const isWorthALook = Uint8Array.from(mostGains, (gain, place) =>
    alwaysPlaces.has(place) || (gain > 0 && gain > neededBy({ place, layer: 0 })) ? 1 : 0,
  );

  const found = new Map(always.map((one) => [keyOf(one), newCandidate(one.place, one.layer)] as const));
  eachCrossing((place, index, weight, mask) => {
    if (isWorthALook[place] !== 1) return;
    for (let rest = mask & allowedMask(graph, place); rest !== 0; rest &= rest - 1) {
      const suspect = { place, layer: 31 - Math.clz32(rest & -rest) };
      const key = keyOf(suspect);
      let candidate = found.get(key);
      if (candidate === undefined) {
        candidate = newCandidate(place, suspect.layer);
        found.set(key, candidate);
      }
      candidate.flows.push(index);
      candidate.weights.push(weight);
    }
  });
  for (const [key, candidate] of found) {
    if (candidate.place === pool || isAlways.has(key)) continue;
    const gain = candidate.flows.reduce((sum, index) => sum + (gains[index] ?? 0), 0);
    if (gain <= neededBy(candidate)) found.delete(key);
  }
  const successes = successesOf(graph, counts.good, [...found.values()]);
  for (const candidate of found.values()) candidate.good = successes(candidate);
  addProofs(graph, counts, found);
  addPool(graph, found);
  return { failing, candidates: [...found.values()].filter(({ place }) => place !== pool) };
}

function keyOf({ place, layer }: Suspect): number {
  return 8 * place + layer;
}

type VisitCrossing = (place: number, index: number, weight: number, mask: number) => void;

/** Goes through all that the failing flows cross, again and again; `index` is a flow's place in `failing`. */
function crossingsOf(
  graph: Graph,
  { excuses }: Counts,
  failing: readonly number[],
): (visit: VisitCrossing) => void {
  const excusing = failing.map((flow) =>
    (excuses?.get(flow) ?? []).map(({ component, weight }) => ({ place: graph.place(component), weight })),
  );
  const pairs = failing.map((flow) => graph.pairPlace(flow) ?? -1);
  const { layerMask, edgeStart, edgePlace, edgeWeight } = graph.tables();
  return (visit) => {
    for (const [index, flow] of failing.entries()) {
      const mask = layerMask[flow] ?? 0;
      for (let edge = edgeStart[flow] ?? 0; edge < (edgeStart[flow + 1] ?? 0); edge += 1) {
        visit(edgePlace[edge] ?? 0, index, Math.abs(edgeWeight[edge] ?? 0), mask);
      }
      for (const { place, weight } of excusing[index] ?? []) visit(place, index, weight, mask);
      const pair = pairs[index] ?? -1;
      if (pair >= 0) visit(pair, index, 1, mask);
    }
  };
}

function newCandidate(place: number, layer: number): Candidate {
  return { place, layer, flows: [], weights: [], good: new Map() };
}

function allowedMask({ places }: Graph, place: number): number {
  const component = places[place];
  return component === undefined ? 0 : maskOfKind[component.kind];
}

const maskOfKind = Object.fromEntries(
  Object.entries(brokenLayers).map(([kind, all]) => [kind, layerMaskOf(all)]),
) as Readonly<Record<keyof typeof brokenLayers, number>>;

function addProofs(
  graph: Graph,
  { good, proofs = new Map() }: Counts,
  found: ReadonlyMap<number, Candidate>,
): void {
  const { layerMask } = graph.tables();
  for (const [flow, crossings] of proofs) {
    for (const { component, weight } of crossings) {
      const place = graph.place(component);
      for (let rest = (layerMask[flow] ?? 0) & allowedMask(graph, place); rest !== 0; rest &= rest - 1) {
        const candidate = found.get(keyOf({ place, layer: 31 - Math.clz32(rest & -rest) }));
        candidate?.good.set(weight, (candidate.good.get(weight) ?? 0) + (good[flow] ?? 0));
      }
    }
  }
}

/** An endpoint that somebody named as unreached was reached by all whose test of all endpoints succeeded. */
function addPool(graph: Graph, found: ReadonlyMap<number, Candidate>): void {
  const place = graph.place(anyEndpoint.component);
  const pool = found.get(8 * place + layers.indexOf("any"));
  if (pool === undefined) return;
  for (const { place: other, good } of found.values()) {
    if (graph.places[other]?.kind !== "endpoint" || other === place || good.size > 0) continue;
    for (const [weight, count] of pool.good) good.set(weight, count);
  }
}

/** How many probes crossed a candidate, given the failures of each failing flow. */
export function probesOf({ flows, weights, good }: Candidate, bad: Float64Array): number {
  let sum = 0;
  for (const [index, flow] of flows.entries()) sum += (bad[flow] ?? 0) * (weights[index] ?? 0);
  for (const [weight, count] of good) sum += weight * count;
  return sum;
}
