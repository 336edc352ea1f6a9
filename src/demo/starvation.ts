/** A starved process stands still for the larger part of each period, as one that has used up its CPU quota does. */
const seconds = { still: 0.3, period: 0.4 };

/** Whether a starved process stands still at this time, in monotonic seconds. All stand still together. */
export function isInBurst(now: number): boolean {
  return now % seconds.period < seconds.still;
}

/** Calls `stop` and `goOn` as the bursts come, until the returned function is called, which calls `goOn`. */
export function followBursts(stop: () => void, goOn: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const now = performance.now() / 1000;
    const still = isInBurst(now);
    (still ? stop : goOn)();
    const rest = (still ? seconds.still : seconds.period) - (now % seconds.period);
    // A little late rather than too early, which would be the same burst again.
    timer = setTimeout(look, rest * 1000 + 1);
  };
  look();
  return () => {
    clearTimeout(timer);
    goOn();
  };
}
