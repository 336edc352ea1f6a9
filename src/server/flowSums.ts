import { badOf, type Flow, type Report } from "../diagnosis/report.ts";
import { sketchQuantile } from "../diagnosis/sketch.ts";
import type { CheckAnswer, FlowAnswer } from "./answers.ts";

/** What reports of one agent say of each of its targets, as one. */
export function flowsOf(reports: readonly Report[]): FlowAnswer[] {
  const sums = new Map<string, { readonly flow: Flow; readonly sum: Sum }>();
  for (const flow of reports.flatMap((report) => report.flows)) {
    const key = `${flow.probe} ${JSON.stringify(flow.target)}`;
    add(flow, entryOf(sums, key, () => ({ flow, sum: newSum() })).sum);
  }
  return [...sums.values()].map(({ flow: { probe, target }, sum }) => ({ probe, target, ...checkOf(sum) }));
}

/** Counts of many flows; added to in place, since a minute of a large cluster has millions. */
export interface Sum {
  good: number;
  readonly bad: Record<string, number>;
  readonly latency: Record<string, number>;
}

export const newSum = (): Sum => ({ good: 0, bad: {}, latency: {} });

export function add({ good, bad, latency }: Flow, sum: Sum): void {
  sum.good += good;
  addCounts(bad, sum.bad);
  if (latency !== undefined) addCounts(latency, sum.latency);
}

function addCounts(counts: Readonly<Record<string, number>>, sums: Record<string, number>): void {
  for (const name in counts) {
    const count = counts[name] ?? 0;
    if (count > 0) sums[name] = (sums[name] ?? 0) + count;
  }
}

export function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

export function checkOf({ good, bad, latency }: Sum): CheckAnswer {
  const medianSeconds = sketchQuantile(latency, 0.5);
  return { good, bad, ...(medianSeconds === undefined ? {} : { medianSeconds }) };
}

export function lossOf(sum: Sum): number {
  const bad = badOf(sum);
  return bad === 0 ? 0 : bad / (bad + sum.good);
}
