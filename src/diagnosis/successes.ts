import type { Suspect } from "./candidates.ts";
import { eachAcross } from "./flowsAcross.ts";
import type { Graph } from "./graph.ts";

/** Successes by the weight with which they surely crossed a suspect. */
export type CountsByWeight = Map<number, number>;

/**
 * Sums up what succeeded, for all of these suspects in one pass over the flows: many suspects are different layers of one place, and a walk along the
 * edges of a place is slow where it has many.
 */
export function successesOf(
  graph: Graph,
  good: ArrayLike<number>,
  suspects: readonly Suspect[],
): (suspect: Suspect) => CountsByWeight {
  const isPair = ({ place }: Suspect) => graph.places[place]?.kind === "pair";
  const sums = sumsOf(graph, good, new Set(suspects.filter((one) => !isPair(one)).map(({ place }) => place)));
  return (suspect) => {
    const found: CountsByWeight = new Map();
    const add = (weight: number, count: number) => {
      if (count > 0) found.set(weight, (found.get(weight) ?? 0) + count);
    };
    if (isPair(suspect)) {
      eachAcross(graph, suspect, (flow, weight) => add(weight, good[flow] ?? 0));
      return found;
    }
    for (const { weight, byMask } of sums.get(suspect.place) ?? []) {
      for (const [mask, count] of byMask.entries())
        if ((mask & (1 << suspect.layer)) !== 0) add(weight, count);
    }
    return found;
  };
}

/** Successes that crossed a place with one weight, by the mask of their layers. */
interface Sums {
  readonly weight: number;
  readonly byMask: Float64Array;
}

const masks = 128;

function sumsOf(
  graph: Graph,
  good: ArrayLike<number>,
  places: ReadonlySet<number>,
): ReadonlyMap<number, readonly Sums[]> {
  const { edgeStart, edgePlace, edgeWeight, layerMask } = graph.tables();
  /** At each place, 1 more than its number in `all`; 0 for those that nobody asked for. */
  const numbers = new Int32Array(graph.places.length);
  const all = [...places].map((place, index): Sums[] => {
    numbers[place] = index + 1;
    return [];
  });
  for (let flow = 0; flow < graph.flows; flow += 1) {
    const count = good[flow] ?? 0;
    if (count === 0) continue;
    const mask = layerMask[flow] ?? 0;
    for (let edge = edgeStart[flow] ?? 0; edge < (edgeStart[flow + 1] ?? 0); edge += 1) {
      const number = numbers[edgePlace[edge] ?? 0] ?? 0;
      const weight = edgeWeight[edge] ?? 0;
      if (number === 0 || weight <= 0) continue;
      const sums = all[number - 1] ?? [];
      let same = sums.find((one) => one.weight === weight);
      if (same === undefined) {
        same = { weight, byMask: new Float64Array(masks) };
        sums.push(same);
      }
      same.byMask[mask] = (same.byMask[mask] ?? 0) + count;
    }
  }
  return new Map([...places].map((place, index) => [place, all[index] ?? []]));
}
