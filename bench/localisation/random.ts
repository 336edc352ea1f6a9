/** Uniform in [0, 1), the same for the same seed (mulberry32, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many of `count` trials of likelihood `share` succeed. */
export function binomial(count: number, share: number, random: () => number): number {
  if (share <= 0) return 0;
  if (share >= 1) return count;
  // By the gaps between successes, so that rare ones cost little.
  const scale = 1 / Math.log1p(-share);
  let successes = 0;
  for (let at = Math.log(1 - random()) * scale; at < count; at += 1 + Math.log(1 - random()) * scale) {
    successes += 1;
  }
  return successes;
}
