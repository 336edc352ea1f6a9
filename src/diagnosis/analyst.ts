import type { Clock } from "../edges.ts";
import { type ClusterNode, createAnalysis } from "./analysis.ts";
import { createClockOffsets } from "./clockOffsets.ts";
import type { Finding } from "./finding.ts";
import type { Outages } from "./outages.ts";
import { createRecentReports } from "./recentReports.ts";
import type { Report } from "./report.ts";
import { slowCause } from "./signatures.ts";
import type { AnalysisView } from "./view.ts";
import type { Acceptance } from "./windows.ts";

/** Judges reports as they come, those of all agents or those of the own one. */
export interface Analyst {
  accept(report: Report): Acceptance;
  /** Judges what is over by now; to be called every second or so. Tells whether there is a new analysis. */
  advance(): boolean;
  /** Absent before the first. */
  latest(): AnalysisView | undefined;
  /** By how many seconds a node's clock is ahead, as its reports tell whether they count or not. */
  clockOffset(node: string): number | undefined;
  /** Goes on with what another leader left, as far as that one saw it lately. */
  adopt(outages: Outages): void;
}

export interface AnalystOptions {
  readonly clock: Clock;
  /** Absent while they are not known. */
  readonly nodes: (open: readonly Finding[]) => readonly ClusterNode[] | undefined;
  /** Told of each finding that opens. */
  readonly onOpened: (finding: Finding) => void;
}

/** A leader writes once a minute when it last saw a finding; what is so old is of a cluster that nobody watched since. */
const forgottenSeconds = 300;

export function createAnalyst({ clock, nodes, onOpened }: AnalystOptions): Analyst {
  const analysis = createAnalysis(clock.wallNow());
  const recent = createRecentReports();
  const clockOffsets = createClockOffsets();
  let known: ReadonlySet<string> = new Set();
  let latest: AnalysisView | undefined;

  const noteOpened = () => {
    const open = analysis.open();
    for (const finding of open) if (!known.has(finding.id)) onOpened(finding);
    known = new Set(open.map(({ id }) => id));
    return open.toSorted((a, b) => b.confidence - a.confidence);
  };

  return {
    accept(report) {
      const now = clock.wallNow();
      clockOffsets.note(report, now);
      const acceptance = analysis.accept(report, now);
      if (acceptance === "accepted") recent.add(report);
      return acceptance;
    },
    advance() {
      const begun = clock.now();
      const now = clock.wallNow();
      const there = nodes(analysis.open());
      if (there !== undefined) analysis.follow(there, now);
      if (analysis.advance(now) === 0) return false;
      const until = analysis.judgedUntil();
      const open = noteOpened();
      latest = {
        ...{ until, open, closed: analysis.closed(), reports: recent.latest(until) },
        durationSeconds: clock.now() - begun,
      };
      return true;
    },
    latest: () => latest,
    clockOffset: (node) => clockOffsets.of(node, clock.wallNow()),
    adopt({ open, closed }) {
      const now = clock.wallNow();
      // Nobody but the leader that found it knows how fast it was before.
      const isWatched = ({ lastSeenAt, cause }: Finding) =>
        cause !== slowCause && lastSeenAt > now - forgottenSeconds;
      const watched = open.filter(isWatched);
      const lost = open
        .filter((one) => !isWatched(one))
        .map((one) => ({ ...one, closed: { at: now, why: "unwatched" } }) as const);
      analysis.adopt(watched, [...lost, ...closed]);
      known = new Set([...known, ...watched.map(({ id }) => id)]);
    },
  };
}
