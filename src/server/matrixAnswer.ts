import { setImmediate } from "node:timers/promises";
import type { Report } from "../diagnosis/report.ts";
import type { ProbeKind } from "../probes/reading.ts";
import type { MatrixAnswer, PairAnswer, ZonePairAnswer } from "./answers.ts";
import { add, checkOf, entryOf, lossOf, newSum, type Sum } from "./flowSums.ts";

/** In an answer; there are as many as a hundred nodes' in it, and those that matter in any cluster. */
const mostPairs = 2_000;

/** So many reports are added up in one turn of the event loop, which checks are waiting for, too: a few milliseconds. */
const reportsInTurn = 100;

/** How the agents that reported reached other nodes. */
export async function matrixOf(reports: readonly Report[]): Promise<Omit<MatrixAnswer, "analysis">> {
  const pairs = await summedPairs(reports);
  return {
    pairs: pairs.slice(0, mostPairs).map(toAnswer),
    pairCount: pairs.length,
    zones: zonesOf(pairs, reports),
  };
}

/** All pairs that end at one node, the worst first. */
export async function pairsTo(node: string, reports: readonly Report[]): Promise<PairAnswer[]> {
  return (await summedPairs(reports, node)).map(toAnswer);
}

interface Pair extends Pick<PairAnswer, "from" | "to" | "loss"> {
  readonly sums: ReadonlyMap<ProbeKind, Sum>;
}

/** The worst first. */
async function summedPairs(reports: readonly Report[], only?: string): Promise<Pair[]> {
  const bySource = new Map<string, Map<string, Map<ProbeKind, Sum>>>();
  for (const [index, { node: from, flows }] of reports.entries()) {
    if (index % reportsInTurn === reportsInTurn - 1) await setImmediate();
    const byTarget = entryOf(bySource, from, () => new Map());
    for (const flow of flows) {
      const { target, probe } = flow;
      if (target.kind !== "node" || (only !== undefined && target.node !== only)) continue;
      const sums = entryOf(byTarget, target.node, () => new Map());
      add(flow, entryOf(sums, probe, newSum));
    }
  }
  return [...bySource]
    .flatMap(([from, byTarget]) =>
      [...byTarget].map(([to, sums]) => ({
        from,
        to,
        sums,
        loss: Math.max(...[...sums.values()].map(lossOf)),
      })),
    )
    .sort((a, b) => b.loss - a.loss || compare(a, b));
}

function toAnswer({ from, to, loss, sums }: Pair): PairAnswer {
  const probes = Object.fromEntries([...sums].map(([probe, sum]) => [probe, checkOf(sum)]));
  return { from, to, probes, loss };
}

function zonesOf(pairs: readonly Pair[], reports: readonly Report[]): ZonePairAnswer[] {
  const zones = new Map(reports.map(({ node, zone = "" }) => [node, zone]));
  const zoneOf = (node: string) => zones.get(node) ?? "";
  const groups = Map.groupBy(pairs, ({ from, to }) => JSON.stringify([zoneOf(from), zoneOf(to)]));
  return [...groups.values()]
    .map((group) => ({
      from: zoneOf(group[0]?.from ?? ""),
      to: zoneOf(group[0]?.to ?? ""),
      pairs: group.length,
      loss: group.reduce((all, { loss }) => all + loss, 0) / group.length,
    }))
    .sort(compare);
}

type Ends = Pick<PairAnswer, "from" | "to">;

function compare(a: Ends, b: Ends): number {
  const [x, y] = a.from === b.from ? [a.to, b.to] : [a.from, b.from];
  return x < y ? -1 : x > y ? 1 : 0;
}
