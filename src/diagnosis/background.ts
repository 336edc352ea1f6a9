import type { Counts } from "./candidates.ts";
import { families, type Graph } from "./graph.ts";

/** How much is lost where nothing is broken, as the last windows show. */
export interface Background {
  /** Notes a window; `isExplained` tells of a flow whether something broken is on its way. */
  learn(graph: Graph, counts: Counts, isExplained: (flow: number) => boolean): void;
  /** Of each family of flows, in (0, 1). */
  losses(graph: Graph): Float64Array;
  renumber(numbers: Int32Array): void;
}

/** A window weighs so much of what it weighed one window ago, which is about as if the last 20 counted. */
const keptShare = 1 - 1 / 20;
/** Estimates lie low where the worst sources and destinations are left out. */
const safety = 1.5;
const leftOutShare = 0.05;
const floor = 2e-5;
/** A background above it is a fault. */
const ceiling = 0.05;
/** What is assumed before anything is seen, as so many probes: much, so that nothing is called a fault for want of knowledge. */
const prior = { probes: 100, lost: 1 };

export function createBackground(): Background {
  let good = new Float32Array(0);
  let bad = new Float32Array(0);
  const reserve = (flows: number) => {
    if (flows <= good.length) return;
    good = lengthened(good, 2 * flows);
    bad = lengthened(bad, 2 * flows);
  };
  return {
    learn(graph, counts, isExplained) {
      reserve(graph.flows);
      for (let flow = 0; flow < graph.flows; flow += 1) {
        const counted = isExplained(flow) ? 0 : 1;
        good[flow] = keptShare * (good[flow] ?? 0) + counted * (counts.good[flow] ?? 0);
        bad[flow] = keptShare * (bad[flow] ?? 0) + counted * (counts.bad[flow] ?? 0);
      }
    },
    losses(graph) {
      reserve(graph.flows);
      const { family, source, far, nodeNames } = graph.tables();
      const nodes = nodeNames.length;
      const isWorst = {
        source: worst(source, family, good, bad, graph.flows, nodes),
        far: worst(far, family, good, bad, graph.flows, nodes),
      };
      const sums = families.map(() => ({ probes: prior.probes, lost: prior.lost }));
      for (let flow = 0; flow < graph.flows; flow += 1) {
        const sum = sums[family[flow] ?? 0];
        const first = (family[flow] ?? 0) * nodes;
        const [from, to] = [source[flow] ?? 0, far[flow] ?? -1];
        const isLeftOut = isWorst.source[first + from] || (to >= 0 && isWorst.far[first + to]);
        if (sum === undefined || isLeftOut) continue;
        sum.probes += (good[flow] ?? 0) + (bad[flow] ?? 0);
        sum.lost += bad[flow] ?? 0;
      }
      return Float64Array.from(sums, ({ probes, lost }) =>
        Math.min(ceiling, Math.max(floor, (safety * lost) / probes)),
      );
    },
    renumber(numbers) {
      const [oldGood, oldBad] = [good, bad];
      good = new Float32Array(oldGood.length);
      bad = new Float32Array(oldBad.length);
      for (const [flow, number] of numbers.entries()) {
        if (number < 0 || number >= good.length) continue;
        good[number] = oldGood[flow] ?? 0;
        bad[number] = oldBad[flow] ?? 0;
      }
    },
  };
}

/** Marks, family by family, the nodes that lose most at one end of its flows, and more than by chance beside the others. */
function worst(
  nodeOf: Int32Array,
  family: ArrayLike<number>,
  good: Float32Array,
  bad: Float32Array,
  flows: number,
  nodes: number,
): Uint8Array {
  const probes = new Float64Array(families.length * nodes);
  const lost = new Float64Array(families.length * nodes);
  for (let flow = 0; flow < flows; flow += 1) {
    const node = nodeOf[flow] ?? -1;
    if (node < 0) continue;
    const place = (family[flow] ?? 0) * nodes + node;
    probes[place] = (probes[place] ?? 0) + (good[flow] ?? 0) + (bad[flow] ?? 0);
    lost[place] = (lost[place] ?? 0) + (bad[flow] ?? 0);
  }
  const rates = Float64Array.from(lost, (count, place) => count / Math.max(1, probes[place] ?? 0));
  const ofFamilies = families.map((_, one) => {
    const [from, to] = [one * nodes, (one + 1) * nodes];
    const sum = (values: Float64Array) =>
      values.subarray(from, to).reduce((total, value) => total + value, 0);
    const cut = rates.subarray(from, to).toSorted()[Math.floor((1 - leftOutShare) * nodes)] ?? 1;
    return { cut, probes: prior.probes + sum(probes), lost: prior.lost + sum(lost) };
  });
  return Uint8Array.from(rates, (rate, place) => {
    const all = ofFamilies[Math.floor(place / nodes)];
    if (all === undefined || rate === 0 || rate < all.cut) return 0;
    const [ownProbes, ownLost] = [probes[place] ?? 0, lost[place] ?? 0];
    return isMoreThanChance(ownLost, (ownProbes * (all.lost - ownLost)) / (all.probes - ownProbes)) ? 1 : 0;
  });
}

/** Three standard deviations, and one for small numbers: of 1,000 nodes, 50 lose something and others nothing, and that is no fault of theirs. */
function isMoreThanChance(lost: number, expected: number): boolean {
  return lost > expected + 3 * Math.sqrt(expected) + 1;
}

function lengthened(values: Float32Array, length: number): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(length);
  longer.set(values);
  return longer;
}
