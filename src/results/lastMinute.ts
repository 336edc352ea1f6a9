import type { Clock } from "../edges.ts";
import type { Recent } from "./results.ts";

const windowSeconds = 60;

/** A check's answers and failures of the last minute. */
export interface LastMinute {
  answered(seconds: number): void;
  failed(): void;
  read(): Recent;
}

export function createLastMinute(clock: Clock): LastMinute {
  const answers: { at: number; seconds: number }[] = [];
  const failures: { at: number }[] = [];
  const add = <Sample extends { at: number }>(samples: Sample[], sample: Sample) => {
    samples.push(sample);
    dropOld(samples, clock);
  };
  return {
    answered: (seconds) => add(answers, { at: clock.now(), seconds }),
    failed: () => add(failures, { at: clock.now() }),
    read() {
      dropOld(answers, clock);
      dropOld(failures, clock);
      const responseSeconds = answers.map(({ seconds }) => seconds).sort((a, b) => a - b);
      return { responseSeconds, failures: failures.length };
    },
  };
}

/** Samples are in the order of time. */
function dropOld(samples: { at: number }[], clock: Clock): void {
  const oldest = clock.now() - windowSeconds;
  const kept = samples.findIndex(({ at }) => at > oldest);
  samples.splice(0, kept === -1 ? samples.length : kept);
}
