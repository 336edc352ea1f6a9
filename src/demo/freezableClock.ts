import type { Clock } from "../edges.ts";

/** A real clock that can hold back the timers of one agent, as SIGSTOP holds back those of a process. */
export interface FreezableClock extends Clock {
  /** Time goes on, and no callback is called until `thaw`. */
  freeze(): void;
  /** Calls what fell due meanwhile, in the order in which it was due. */
  thaw(): void;
  /** Lets an hour go by at once: what the agent held for a time, it holds no longer. */
  leap(): void;
}

const leapSeconds = 3600;

export function createFreezableClock(): FreezableClock {
  const held = new Set<() => void>();
  let frozen = false;
  let leaps = 0;
  return {
    now: () => performance.now() / 1000 + leaps * leapSeconds,
    wallNow: () => Date.now() / 1000 + leaps * leapSeconds,
    after(seconds, callback) {
      const call = () => callback();
      const timer = setTimeout(() => (frozen ? held.add(call) : call()), seconds * 1000);
      return () => {
        clearTimeout(timer);
        held.delete(call);
      };
    },
    leap() {
      leaps += 1;
    },
    freeze() {
      frozen = true;
    },
    thaw() {
      frozen = false;
      // One of them may cancel another.
      for (const call of held) if (held.delete(call)) call();
    },
  };
}
