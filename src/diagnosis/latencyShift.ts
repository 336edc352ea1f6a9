import type { Counts } from "./candidates.ts";
import type { Pane } from "./pane.ts";

/** Watches how long each flow takes, against its own past (CUSUM). */
export interface LatencyShift {
  /** Notes a window that no other overlaps; a flow that is slow of late counts as one failure, one that is not as one success. */
  judge(pane: Pane, flows: number): Counts;
  renumber(numbers: Int32Array): void;
}

/** Of a flow; latencies are places in a sketch, of which four are a doubling. */
interface Past {
  windows: number;
  mean: number;
  deviation: number;
  /** By how much the last windows lay above what is usual, in deviations. */
  excess: number;
  /** Windows in a row in which it was slow. */
  slow: number;
}

/** So many windows make a past, and so many attempts a window. */
const least = { windows: 10, timed: 3 };
/** A wrong page costs more than a late one: what counts is clearly above what is usual, for several windows, and twice as slow. */
const slow = { slack: 1, excess: 12, most: 24, places: 4 };
const leastDeviation = 0.5;
const memoryWindows = 60;
/** What lasts for six hours, in windows of a minute, is how it is now: after a migration, say. */
const acceptedAfter = 360;

export function createLatencyShift(): LatencyShift {
  let pasts: (Past | undefined)[] = [];
  return {
    judge({ timed, latency }, flows) {
      const good = new Uint8Array(flows);
      const bad = new Uint8Array(flows);
      for (let flow = 0; flow < flows; flow += 1) {
        const count = timed[flow] ?? 0;
        if (count < least.timed) continue;
        const now = (latency[flow] ?? 0) / count;
        const past = pasts[flow];
        if (past === undefined) {
          pasts[flow] = pastFrom(now);
        } else if (isSlow(past, now)) bad[flow] = 1;
        else good[flow] = 1;
      }
      return { good, bad };
    },
    renumber(numbers) {
      const before = pasts;
      pasts = [];
      for (const [flow, number] of numbers.entries()) if (number >= 0) pasts[number] = before[flow];
    },
  };
}

function pastFrom(now: number): Past {
  return { windows: 1, mean: now, deviation: leastDeviation, excess: 0, slow: 0 };
}

/** Takes a window into the past, unless it is unusual, and tells whether the flow is slow. */
function isSlow(past: Past, now: number): boolean {
  const difference = now - past.mean;
  if (past.windows >= least.windows) {
    const deviations = difference / Math.max(leastDeviation, past.deviation);
    past.excess = Math.min(slow.most, Math.max(0, past.excess + deviations - slow.slack));
  }
  if (past.excess < slow.excess / 2) {
    past.windows = Math.min(memoryWindows, past.windows + 1);
    past.mean += difference / past.windows;
    past.deviation += (Math.abs(difference) - past.deviation) / past.windows;
  }
  const isSlower = past.excess >= slow.excess && difference >= slow.places;
  past.slow = isSlower ? past.slow + 1 : 0;
  if (past.slow > acceptedAfter) Object.assign(past, pastFrom(now));
  return isSlower;
}
