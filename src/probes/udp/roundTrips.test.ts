import { describe, expect, it } from "vitest";
import { createRoundTrips } from "./roundTrips.ts";

describe("round trips", () => {
  it.each([
    { seconds: [], median: undefined, jitter: undefined },
    { seconds: [3], median: 3, jitter: undefined },
    { seconds: [1, 1, 1], median: 1, jitter: 0 },
    // 4, then (0 - 4) / 16 less.
    { seconds: [1, 5, 5], median: 5, jitter: 3.75 },
    { seconds: [9, 1, 3, 5], median: 4, jitter: 8 - 6 / 16 + (2 - (8 - 6 / 16)) / 16 },
  ])("of $seconds s have the median $median and the jitter $jitter", ({ seconds, median, jitter }) => {
    const roundTrips = createRoundTrips();
    for (const one of seconds) roundTrips.add(one);
    expect(roundTrips.medianSeconds()).toBe(median);
    expect(roundTrips.jitterSeconds()).toBe(jitter);
  });
});
