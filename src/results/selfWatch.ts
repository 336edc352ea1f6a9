import type { Clock } from "../edges.ts";
import type { Outcome } from "../probes/probe.ts";
import type { ReadThrottling } from "../schedule/cgroup.ts";
import type { LoopDelay } from "../schedule/loopDelay.ts";
import type { CheckType } from "./results.ts";
import { doubtSelf } from "./selfDoubt.ts";
import { createSelfReach } from "./selfReach.ts";

/** The type of the agent's check of itself. */
export const selfType: CheckType = "me_loopback";

/** Attempts come in bursts, and less than this is never told from the measurement's own grain. */
const readingLasts = 0.02;

/** Watches the agent during each attempt, so that it takes no trouble of its own for the network's. */
export interface SelfWatch {
  /** An attempt of a check begins; the function it returns ends it and must be called, with what the probe found. */
  begin(type: CheckType): <Reading>(outcome: Outcome<Reading>) => Outcome<Reading>;
}

export function createSelfWatch(options: {
  readonly clock: Clock;
  readonly loopDelay: Pick<LoopDelay, "measure">;
  readonly readThrottling: ReadThrottling;
}): SelfWatch {
  const { clock, loopDelay, readThrottling } = options;
  const reach = createSelfReach(clock);
  let read = { at: Number.NEGATIVE_INFINITY, seconds: 0 };
  const throttledSeconds = () => {
    const now = clock.now();
    if (now - read.at > readingLasts) read = { at: now, seconds: readThrottling()?.throttledSeconds ?? 0 };
    return read.seconds;
  };
  const clockOffset = () => clock.wallNow() - clock.now();

  return {
    begin(type) {
      const before = { at: clock.now(), throttled: throttledSeconds(), offset: clockOffset() };
      const endMeasurement = loopDelay.measure();
      const told = type === selfType ? reach.begin() : undefined;
      return (outcome) => {
        const judged = doubtSelf(outcome, {
          elapsed: clock.now() - before.at,
          stalled: endMeasurement(),
          throttled: throttledSeconds() - before.throttled,
          clockShift: clockOffset() - before.offset,
          // Its own failure is to be seen, and told to the others.
          unreachable: told === undefined && reach.isLost(),
        });
        told?.(judged);
        return judged;
      };
    },
  };
}
