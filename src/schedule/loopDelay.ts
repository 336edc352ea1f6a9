import type { Clock } from "../edges.ts";

/** Seconds between ticks while something is measured, and otherwise. */
const tickSeconds = { measuring: 0.02, idle: 0.1 };

/** A delay up to this is not told from the measurement's own grain. */
const grainSeconds = 0.02;

/** Measures by how much this process's event loop is late, since a late loop reads every answer late. */
export interface LoopDelay {
  start(): void;
  /** Begins a measurement; the function it returns ends it and gives the seconds in it for which the loop stood still, be it in many stalls. */
  measure(): () => number;
  stop(): void;
}

/** `observe` gets each tick's delay in seconds. */
export function createLoopDelay(clock: Clock, observe: (seconds: number) => void): LoopDelay {
  const measurements = new Set<{ since: number; stalled: number }>();
  let due = 0;
  let cancel = () => {};

  /** Of the tick that is due, as far as it is within a measurement that began at `since`. */
  const lateness = (since: number, now: number) => {
    const late = now - Math.max(due, since);
    return late > grainSeconds ? late : 0;
  };
  const arm = () => {
    const period = measurements.size > 0 ? tickSeconds.measuring : tickSeconds.idle;
    due = clock.now() + period;
    cancel = clock.after(period, () => {
      const now = clock.now();
      const late = Math.max(0, now - due);
      for (const measurement of measurements) measurement.stalled += lateness(measurement.since, now);
      arm();
      observe(late);
    });
  };

  return {
    start: arm,
    measure() {
      const measurement = { since: clock.now(), stalled: 0 };
      measurements.add(measurement);
      if (measurements.size === 1 && due - measurement.since > tickSeconds.measuring) {
        cancel();
        arm();
      }
      return () => {
        measurements.delete(measurement);
        // The tick is yet to come, and counts for those that are still under way.
        return measurement.stalled + lateness(measurement.since, clock.now());
      };
    },
    stop: () => cancel(),
  };
}
