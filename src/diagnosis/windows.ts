import { createGraph, type Graph, renumber } from "./graph.ts";
import { addReport, createPane, mergePane, type Pane } from "./pane.ts";
import { type Report, reportSeconds } from "./report.ts";
import type { Topology } from "./topology.ts";

/** What became of a report. Only an accepted one counts. */
export type Acceptance = "accepted" | "repeated" | "late" | "future";

/** A span of time that is over; nothing changes it any more. */
export interface Window {
  readonly seconds: number;
  /** Seconds from one part to the next. */
  readonly step: number;
  /** Unix seconds, a multiple of 5. */
  readonly until: number;
  readonly graph: Graph;
  readonly pane: Pane;
  /** The same by its steps, in the order of time; those before the first report are absent. */
  readonly parts: readonly Pane[];
}

/** Collects the reports of all agents in windows of 10, 60 and 300 s, aligned to the wall clock. All times are Unix seconds. */
export interface Windows {
  accept(report: Report, now: number): Acceptance;
  /** The windows that are over by now, in the order of time, shorter ones first. */
  close(now: number): readonly Window[];
  /** What is known of the cluster changed: the graph is made anew, without flows that are in no window, and `numbers` has each flow's new number. */
  follow(topology: Topology): { readonly graph: Graph; readonly numbers: Int32Array };
  readonly graph: Graph;
}

/** Each window's length, and from one such window's end to the next. */
export const windowLengths = [
  { seconds: 10, step: 5 },
  { seconds: 60, step: 10 },
  { seconds: 300, step: 30 },
] as const;

/** How long reports may take after their window's end. */
const graceSeconds = 2;
/** The clocks of nodes may differ by so much. */
const clockSkewSeconds = 2;
/** Reports of so much later windows show that a window is over, whatever the own clock says. */
const watermarkSeconds = 2 * reportSeconds;

interface Slot {
  readonly pane: Pane;
  readonly seen: Set<string>;
}

export function createWindows(topology: Topology, now: number): Windows {
  let graph = createGraph(topology);
  let slots = new Map<number, Slot>();
  let closedUntil = startOf(now);
  let watermark = 0;
  let reporting: ReadonlySet<string> = new Set();
  let rings = windowLengths.map((length) => ({ ...length, panes: [createPane()] }));

  const isOver = (until: number, now: number) =>
    until + graceSeconds <= now ||
    until + watermarkSeconds <= watermark ||
    (until <= now && isComplete(slots.get(until)?.pane));
  /** Whether all that reported in the last window did so again. */
  const isComplete = (pane?: Pane) =>
    pane !== undefined && reporting.size > 0 && [...reporting].every((node) => pane.health.has(node));

  /** Adds a slot to each length's latest pane, and yields the windows that end with it. */
  const closeSlot = (until: number): Window[] => {
    const slot = slots.get(until);
    slots.delete(until);
    closedUntil = until;
    reporting = new Set(slot?.pane.health.keys());
    return rings.flatMap(({ seconds, step, panes }) => {
      const latest = panes.at(-1);
      if (slot !== undefined && latest !== undefined) mergePane(latest, slot.pane);
      if (until % step !== 0) return [];
      const pane = createPane();
      const parts = [...panes];
      for (const part of parts) mergePane(pane, part);
      panes.push(createPane());
      if (panes.length > seconds / step) panes.shift();
      return [{ seconds, step, until, graph, pane, parts }];
    });
  };

  return {
    get graph() {
      return graph;
    },
    accept(report, now) {
      const until = startOf(report.until - 1) + reportSeconds;
      if (until <= closedUntil) return "late";
      if (until > now + clockSkewSeconds) return "future";
      const slot = slots.get(until) ?? { pane: createPane(), seen: new Set() };
      slots.set(until, slot);
      const key = `${report.pod} ${report.sequence}`;
      if (slot.seen.has(key)) return "repeated";
      slot.seen.add(key);
      watermark = Math.max(watermark, until);
      addReport(slot.pane, report, graph);
      return "accepted";
    },
    close(now) {
      const windows: Window[] = [];
      // After a long sleep, nothing of what was before it is in any window.
      const longest = 2 * (windowLengths.at(-1)?.seconds ?? 0);
      closedUntil = Math.max(closedUntil, startOf(now) - longest);
      while (isOver(closedUntil + reportSeconds, now)) {
        windows.push(...closeSlot(closedUntil + reportSeconds));
      }
      return windows;
    },
    follow(changed) {
      const before = graph;
      graph = createGraph(changed);
      const panes = [...rings.flatMap((ring) => ring.panes), ...[...slots.values()].map(({ pane }) => pane)];
      const isAlive = (flow: number) =>
        panes.some(({ good, bad }) => (good[flow] ?? 0) > 0 || (bad[flow] ?? 0) > 0);
      const numbers = renumber(before, graph, isAlive);
      const moved = (pane: Pane) => {
        const other = createPane();
        mergePane(other, pane, numbers);
        return other;
      };
      slots = new Map([...slots].map(([until, { pane, seen }]) => [until, { pane: moved(pane), seen }]));
      rings = rings.map((ring) => ({ ...ring, panes: ring.panes.map(moved) }));
      return { graph, numbers };
    },
  };
}

function startOf(seconds: number): number {
  return Math.floor(seconds / reportSeconds) * reportSeconds;
}
