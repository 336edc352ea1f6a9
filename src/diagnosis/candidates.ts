import { anyEndpoint, brokenLayers, type Crossing } from "./components.ts";
import { eachAcross } from "./flowsAcross.ts";
import { type Graph, layerMaskOf, layers, type Tables } from "./graph.ts";

/** What was counted in one window, by the flow's number in the graph. */
export interface Counts {
  readonly good: ArrayLike<number>;
  /** Includes good attempts whose SYN was sent again. */
  readonly bad: ArrayLike<number>;
  /** What else may explain a flow's failures than what it crosses: the endpoints that it named. */
  readonly excuses?: ReadonlyMap<number, readonly Crossing[]>;
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
  readonly good: Map<number, number>;
}

/** The part of a window that failures touch. */
export interface Touched {
  /** The numbers of the flows with failures. */
  readonly failing: readonly number[];
  readonly candidates: readonly Candidate[];
}

/**
 * Finds all that crosses a flow with failures, of it what `isWorthwhile` says could be broken, and looks at `always` in any case. Whole passes
 * over the flows are made in numbers alone.
 */
export function findCandidates(
  graph: Graph,
  counts: Counts,
  always: readonly Suspect[],
  isWorthwhile: (candidate: Candidate, failing: readonly number[]) => boolean,
): Touched {
  const failing: number[] = [];
  for (let flow = 0; flow < graph.flows; flow += 1) if ((counts.bad[flow] ?? 0) > 0) failing.push(flow);
  const tables = graph.tables();
  const found = new Map(
    always.map(({ place, layer }) => [8 * place + layer, newCandidate(place, layer)] as const),
  );
  const note = (place: number, mask: number, flow: number, weight: number) => {
    for (let rest = mask & allowedMask(graph, place); rest !== 0; rest &= rest - 1) {
      const key = 8 * place + 31 - Math.clz32(rest & -rest);
      let candidate = found.get(key);
      if (candidate === undefined) {
        candidate = newCandidate(place, key % 8);
        found.set(key, candidate);
      }
      candidate.flows.push(flow);
      candidate.weights.push(weight);
    }
  };
  for (const [index, flow] of failing.entries()) {
    const mask = tables.layerMask[flow] ?? 0;
    for (let edge = tables.edgeStart[flow] ?? 0; edge < (tables.edgeStart[flow + 1] ?? 0); edge += 1) {
      note(tables.edgePlace[edge] ?? 0, mask, index, Math.abs(tables.edgeWeight[edge] ?? 0));
    }
    for (const { component, weight } of counts.excuses?.get(flow) ?? []) {
      note(graph.place(component), mask, index, weight);
    }
    const pair = pairPlace(graph, tables, flow);
    if (pair !== undefined) note(pair, mask, index, 1);
  }
  const pool = graph.place(anyEndpoint.component);
  const isAlways = new Set(always.map(({ place, layer }) => 8 * place + layer));
  for (const [key, candidate] of found) {
    const isKept = candidate.place === pool || isAlways.has(key) || isWorthwhile(candidate, failing);
    if (!isKept) found.delete(key);
  }
  for (const candidate of found.values()) addSuccesses(graph, counts, candidate);
  addPool(graph, found);
  return { failing, candidates: [...found.values()].filter(({ place }) => place !== pool) };
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

function pairPlace(graph: Graph, { source, far, nodeNames }: Tables, flow: number): number | undefined {
  const from = nodeNames[source[flow] ?? -1];
  const to = nodeNames[far[flow] ?? -1];
  if (from === undefined || to === undefined) return undefined;
  return graph.place({ kind: "pair", from, to });
}

function addSuccesses(graph: Graph, { good }: Counts, candidate: Candidate): void {
  let sure = 0;
  eachAcross(graph, candidate, (flow, weight) => {
    const count = good[flow] ?? 0;
    if (weight === 1) sure += count;
    else if (weight > 0 && count > 0) {
      candidate.good.set(weight, (candidate.good.get(weight) ?? 0) + count);
    }
  });
  if (sure > 0) candidate.good.set(1, sure);
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
