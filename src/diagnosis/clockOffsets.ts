import type { Report } from "./report.ts";

/** By how much the clocks of agents' nodes are off this one's, as their reports tell. Times are Unix seconds. */
export interface ClockOffsets {
  /** A report arrives. */
  note(report: Pick<Report, "node" | "until">, now: number): void;
  /** By how many seconds a node's clock is ahead, or below 0 behind; absent where the last minute does not tell. */
  of(node: string, now: number): number | undefined;
}

const keptSeconds = 60;
/** A clock is off by the same all the time, and delays are not: so many reports must agree within so many seconds. */
const agreeing = { reports: 3, withinSeconds: 2 };

interface Arrivals {
  /** The end of the newest report. */
  readonly until: number;
  /** Of the newest reports on their arrival, how far they were ahead of this clock. */
  readonly ahead: readonly { readonly at: number; readonly seconds: number }[];
}

/**
 * A report is sent when its window ends, so the quickest of a minute is behind by little more than the clock is. Those that come late, after an
 * outage, come after a newer one, and do not count.
 */
export function createClockOffsets(): ClockOffsets {
  const arrivals = new Map<string, Arrivals>();
  let sweptAt = 0;
  const sweep = (now: number) => {
    sweptAt = now;
    for (const [node, known] of arrivals) if (lately(known, now).length === 0) arrivals.delete(node);
  };
  return {
    note({ node, until }, now) {
      if (now - sweptAt > keptSeconds) sweep(now);
      const known = arrivals.get(node);
      const ahead = lately(known, now);
      if (known !== undefined && ahead.length > 0 && until <= known.until) return;
      arrivals.set(node, { until, ahead: [...ahead, { at: now, seconds: until - now }] });
    },
    of(node, now) {
      const seconds = lately(arrivals.get(node), now).map((one) => one.seconds);
      const quickest = seconds.toSorted((a, b) => b - a).slice(0, agreeing.reports);
      const [first, last] = [quickest[0], quickest[agreeing.reports - 1]];
      if (first === undefined || last === undefined || first - last > agreeing.withinSeconds)
        return undefined;
      return first;
    },
  };
}

function lately(known: Arrivals | undefined, now: number): Arrivals["ahead"] {
  return known?.ahead.filter(({ at }) => at > now - keptSeconds) ?? [];
}
