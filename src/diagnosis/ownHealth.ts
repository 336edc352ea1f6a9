import type { Discard, Outcome } from "../probes/probe.ts";
import type { CheckType } from "../results/results.ts";
import { selfType } from "../results/selfWatch.ts";
import type { ReadThrottling } from "../schedule/cgroup.ts";
import type { Health } from "./report.ts";

/** What an agent gathers about itself as a witness, window by window. */
export interface OwnHealth {
  observeLoopDelay(seconds: number): void;
  counted(type: CheckType, state: Exclude<Outcome<unknown>["state"], "discarded">): void;
  discarded(why: Discard): void;
  /** Ends the window, which was so long, and begins the next. */
  take(windowSeconds: number): Health;
}

export function createOwnHealth(readThrottling: ReadThrottling): OwnHealth {
  const throttledSoFar = () => readThrottling()?.throttledSeconds ?? 0;
  let throttledBefore = throttledSoFar();
  let loopDelaySeconds = 0;
  let attempts = 0;
  let ownFaults = 0;
  let selfReachable = true;
  return {
    observeLoopDelay(seconds) {
      loopDelaySeconds = Math.max(loopDelaySeconds, seconds);
    },
    counted(type, state) {
      attempts += 1;
      if (type === selfType) selfReachable = state === "ok";
    },
    discarded(why) {
      attempts += 1;
      if (why.startsWith("self-")) ownFaults += 1;
    },
    take(windowSeconds) {
      const throttled = throttledSoFar();
      const health = {
        loopDelaySeconds,
        // A cgroup's threads are throttled side by side, and its times add up.
        throttledShare: Math.min(1, Math.max(0, throttled - throttledBefore) / windowSeconds),
        discardedShare: attempts === 0 ? 0 : ownFaults / attempts,
        selfReachable,
      };
      throttledBefore = throttled;
      loopDelaySeconds = attempts = ownFaults = 0;
      return health;
    },
  };
}
