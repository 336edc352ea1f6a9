import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSlots } from "./slots.ts";

/** A pseudo-random source that gives the same numbers each time (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function startsOf(interval: number, random: () => number, count: number): number[] {
  const slots = createSlots(interval, random);
  const starts: number[] = [];
  for (let elapsed = 0; starts.length < count; elapsed = starts.at(-1) ?? 0) starts.push(slots.next(elapsed));
  return starts;
}

describe("createSlots", () => {
  it("starts once in each slot, and never much later than an interval after the last start", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 60, noNaN: true }),
        fc.integer({ min: 1, max: 1e6 }),
        (interval, seed) => {
          const starts = startsOf(interval, seeded(seed), 200);
          starts.forEach((start, slot) => {
            expect(Math.floor(start / interval + 1e-9)).toBe(slot);
            const gap = start - (starts[slot - 1] ?? 0);
            expect(gap).toBeLessThanOrEqual(interval * 1.1 + 1e-9);
          });
        },
      ),
    );
  });

  it("visits every part of the slot alike in the long run", () => {
    const places = startsOf(1, seeded(7), 20_000).map((start) => start % 1);
    const counts = Array.from(
      { length: 10 },
      (_, decile) => places.filter((p) => Math.floor(p * 10) === decile).length,
    );
    for (const count of counts) expect(count).toBeGreaterThan(20_000 / 10 / 2);
  });

  it("starts at once after an attempt that took longer than its slot, and skips slots that went by", () => {
    const slots = createSlots(5, () => 0.5);
    expect(slots.next(0)).toBe(2.5);
    expect(slots.next(9)).toBe(9);
    expect(slots.next(9.1)).toBe(12.5);
    expect(slots.next(31)).toBe(32.5);
  });
});
