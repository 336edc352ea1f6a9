import type { Clock } from "../../edges.ts";
import type { Phase, Phases } from "../probe.ts";

/** Measures the phases of one attempt, one after the other. */
export interface Stopwatch {
  /** Ends the phase under way, if any, and begins the next. */
  begin(phase: Phase): void;
  /** Ends the phase under way; what was measured so far. A phase that ran twice is summed up. */
  end(): Phases;
  /** The phase under way, or the last one; before the first, `connect`. */
  readonly phase: Phase;
}

export function createStopwatch(clock: Clock): Stopwatch {
  const seconds: Partial<Record<Phase, number>> = {};
  let phase: Phase = "connect";
  let begun: number | undefined;
  const end = () => {
    if (begun !== undefined) seconds[phase] = (seconds[phase] ?? 0) + clock.now() - begun;
    begun = undefined;
    return { ...seconds };
  };
  return {
    begin(next) {
      end();
      phase = next;
      begun = clock.now();
    },
    end,
    get phase() {
      return phase;
    },
  };
}

/** Phases of several round trips as one. */
export function sumPhases(all: readonly Phases[]): Phases {
  const sum: Partial<Record<Phase, number>> = {};
  for (const phases of all) {
    for (const [phase, seconds] of Object.entries(phases) as [Phase, number][]) {
      sum[phase] = (sum[phase] ?? 0) + seconds;
    }
  }
  return sum;
}
