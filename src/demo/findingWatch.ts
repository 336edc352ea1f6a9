import type { DemoCluster } from "./cluster.ts";
import { leadersAnalysis } from "./leadersAnalysis.ts";
import { foundOf } from "./table/foundOf.ts";

/** A finding as it was seen; times are monotonic seconds. */
interface Sighting {
  /** Such as `node node-3: node_down`, as it was called first. */
  readonly what: string;
  readonly openedAt: number;
  /** Absent while it is open. */
  closedAt?: number;
}

/** Notes what the leader of a cluster finds, until it is disposed of. */
export interface FindingWatch extends Disposable {
  /** In the order in which they opened. */
  sightings(): readonly Sighting[];
  /** Whether all agents that run reported to a leader in the last minute, and nothing is open. */
  isQuiet(): boolean;
}

const lookMs = 100;

export function watchFindings(cluster: DemoCluster): FindingWatch {
  const seen = new Map<string, Sighting>();
  const look = () => {
    const open = leadersAnalysis(cluster.nodes())?.open;
    // Who begins to lead takes a moment to learn what is open.
    if (open === undefined) return;
    const now = performance.now() / 1000;
    for (const finding of open) {
      if (!seen.has(finding.id)) seen.set(finding.id, { what: foundOf(finding).what, openedAt: now });
    }
    for (const [id, sighting] of seen) {
      if (!open.some((finding) => finding.id === id)) sighting.closedAt ??= now;
    }
  };
  const timer = setInterval(look, lookMs);
  return {
    sightings: () => [...seen.values()],
    isQuiet() {
      const nodes = cluster.nodes();
      const analysis = leadersAnalysis(nodes);
      if (analysis === undefined || analysis.open.length > 0) return false;
      const reporting = new Set(analysis.reports.map(({ node }) => node));
      return nodes.every(({ name, state }) => state !== "running" || reporting.has(name));
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
