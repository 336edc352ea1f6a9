/** Round trips in the order in which they ended, in seconds. */
export interface RoundTrips {
  add(seconds: number): void;
  /** Absent without any. */
  medianSeconds(): number | undefined;
  /**
   * RFC 3550, section 6.4.1: the mean difference from one to the next, each with a sixteenth of the weight. It begins
   * at the first difference, since a train is too short to come up from 0. Absent below two.
   */
  jitterSeconds(): number | undefined;
}

export function createRoundTrips(): RoundTrips {
  const all: number[] = [];
  let jitter: number | undefined;
  return {
    add(seconds) {
      const previous = all.at(-1);
      all.push(seconds);
      if (previous === undefined) return;
      const difference = Math.abs(seconds - previous);
      jitter = jitter === undefined ? difference : jitter + (difference - jitter) / 16;
    },
    medianSeconds() {
      const ascending = all.toSorted((a, b) => a - b);
      const upper = ascending[Math.floor(all.length / 2)];
      const lower = ascending[Math.floor((all.length - 1) / 2)];
      return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
    },
    jitterSeconds: () => jitter,
  };
}
