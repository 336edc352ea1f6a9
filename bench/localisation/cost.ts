import { createAnalysis } from "../../src/diagnosis/analysis.ts";
import { reportSeconds } from "../../src/diagnosis/report.ts";
import { type Cluster, makeCluster, withoutMesh } from "./cluster.ts";
import { type Fault, faultKinds } from "./faults.ts";
import { createReadings } from "./readings.ts";

/** Milliseconds of CPU time, of one thread, of several windows. */
export interface Cost {
  /** All reports of 5 s. */
  readonly accepting: readonly number[];
  /** The analysis of one window of 10 s. */
  readonly analysis: readonly number[];
  /** The same with windows of 60 and 300 s, which end with it every 30 s. */
  readonly allWindows: readonly number[];
}

/** Measures the windows of two minutes, after one of warming up, of a cluster that is well or has a fault. */
export function measureCost(size: number, kind: string | undefined, random: () => number): Cost {
  const cluster: Cluster = size <= 1000 ? makeCluster(size, random) : withoutMesh(size, random);
  const fault: Fault | undefined = kind === undefined ? undefined : faultKinds[kind]?.(cluster, random);
  const readings = createReadings(cluster, 1e-3, random);
  const start = 1_800_000_000;
  const analysis = createAnalysis(start);
  const nodes = cluster.nodes.map(({ name, zone }) => ({ name, zone, state: "settled" }) as const);
  analysis.follow(nodes, start);
  const costs = { accepting: [] as number[], analysis: [] as number[], allWindows: [] as number[] };
  for (let until = start + reportSeconds; until <= start + 180; until += reportSeconds) {
    const reports = readings.next(until, fault === undefined ? {} : { fault, faultFrom: start + 45 });
    const accepting = timed(() => {
      for (const report of reports) analysis.accept(report, until + 0.5);
    });
    const judging = timed(() => analysis.advance(until + 2));
    // Before, flows are new and code is cold.
    if (until <= start + 60) continue;
    costs.accepting.push(accepting);
    if (until % 30 === 0) costs.allWindows.push(judging);
    // Every other window of 10 s ends with one of 60 s.
    else if (until % 10 === 5) costs.analysis.push(judging);
  }
  return costs;
}

function timed(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
