import type { Outcome } from "../probes/probe.ts";

/** A delay below this is not told from the measurement's own grain; above, it may be at most this share of the attempt. */
const tolerated = { seconds: 0.02, share: 0.25 };

/**
 * Discards an outcome when this process was late enough to have made it: `loopDelay` is the largest delay of the event loop
 * during the attempt, which took `elapsed`, both in seconds. A late reader sees slow answers and false timeouts.
 */
export function doubtSelf<Reading>(
  outcome: Outcome<Reading>,
  loopDelay: number,
  elapsed: number,
): Outcome<Reading> {
  if (outcome.state === "discarded") return outcome;
  const stalled = loopDelay > Math.max(tolerated.seconds, tolerated.share * elapsed);
  return stalled ? { state: "discarded", why: "self-stalled" } : outcome;
}
