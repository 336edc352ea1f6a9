import type { Report } from "./report.ts";

/** By how much the clocks of agents' nodes are off this one's, as their reports tell. Times are Unix seconds. */
export interface ClockOffsets {
  /** A report arrives. */
  note(report: Pick<Report, "node" | "until">, now: number): void;
  /** Of each node heard in the last minute, by how many seconds its clock is ahead, or below 0 behind. */
  latest(now: number): ReadonlyMap<string, number>;
}

const keptSeconds = 60;

interface Arrivals {
  /** The end of the newest report. */
  until: number;
  /** Of the newest reports on their arrival, how far they were ahead of this clock. */
  ahead: readonly { readonly at: number; readonly seconds: number }[];
}

/**
 * A report is sent when its window ends, so the quickest of a minute is behind by little more than the clock is. Those that come late, after an
 * outage, come after a newer one, and do not count.
 */
export function createClockOffsets(): ClockOffsets {
  const arrivals = new Map<string, Arrivals>();
  const since = (ahead: Arrivals["ahead"], now: number) => ahead.filter(({ at }) => at > now - keptSeconds);
  return {
    note({ node, until }, now) {
      const known = arrivals.get(node);
      const ahead = since(known?.ahead ?? [], now);
      if (known !== undefined && ahead.length > 0 && until <= known.until) return;
      arrivals.set(node, { until, ahead: [...ahead, { at: now, seconds: until - now }] });
    },
    latest(now) {
      for (const [node, { ahead }] of arrivals) if (since(ahead, now).length === 0) arrivals.delete(node);
      return new Map(
        [...arrivals].map(([node, { ahead }]) => [
          node,
          Math.max(...since(ahead, now).map(({ seconds }) => seconds)),
        ]),
      );
    },
  };
}
