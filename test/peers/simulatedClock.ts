import type { Clock } from "../../src/edges.ts";

/** A clock that stands still until it is told to go on. */
export interface SimulatedClock extends Clock {
  /** Lets `seconds` pass: timers fire in order, each at its time, and what they started gets its turn. */
  advance(seconds: number): Promise<void>;
  readonly pending: number;
  /** Seconds until the next timer fires; infinite without any. */
  readonly nextIn: number;
}

export function simulatedClock(): SimulatedClock {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  const nextUntil = (end: number) => [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    wallNow: () => 1_700_000_000 + now,
    after(seconds, callback) {
      const timer = { at: now + seconds, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(seconds) {
      const end = now + seconds;
      await turn();
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.callback();
        await turn();
      }
      now = end;
    },
    get pending() {
      return timers.size;
    },
    get nextIn() {
      return Math.min(...[...timers].map(({ at }) => at - now));
    },
  };
}

/** Lets promises and immediates that are due run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
