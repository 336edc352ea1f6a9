import type { Report } from "./report.ts";

/** What was reported of late, for people who ask. */
export interface RecentReports {
  add(report: Report): void;
  /** Those of the minute before `until`, in Unix seconds; of many agents, only the last of each. */
  latest(until: number): readonly Report[];
}

const keptSeconds = 60;
/** A minute of fifty agents; one takes some 40 KB, and an agent that leads must not need many times the memory of the others. */
const mostKept = 600;

export function createRecentReports(): RecentReports {
  const byPod = new Map<string, readonly Report[]>();
  return {
    add(report) {
      const most = Math.max(1, Math.floor(mostKept / Math.max(1, byPod.size)));
      byPod.set(report.pod, [...(byPod.get(report.pod) ?? []), report].slice(-most));
    },
    latest(until) {
      for (const [pod, reports] of byPod) {
        const kept = reports.filter((report) => report.until > until - keptSeconds);
        if (kept.length > 0) byPod.set(pod, kept);
        else byPod.delete(pod);
      }
      return [...byPod.values()].flat();
    },
  };
}
