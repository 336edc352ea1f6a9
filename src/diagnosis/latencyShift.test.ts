import { describe, expect, it } from "vitest";
import { createLatencyShift } from "./latencyShift.ts";
import { createPane, type Pane } from "./pane.ts";
import { addToSketch } from "./sketch.ts";

/** A window of one flow, in which each attempt took so many seconds. */
function window(...seconds: number[]): Pane {
  const places = seconds.map((one) => Number(Object.keys(addToSketch({}, one))[0]));
  const latency = places.reduce((sum, place) => sum + place, 0);
  return { ...createPane(), timed: Uint16Array.of(seconds.length), latency: Float32Array.of(latency) };
}

/** The windows, from 0, after which the flow was slow. */
function slowAfter(windows: readonly Pane[]): number[] {
  const shift = createLatencyShift();
  return windows.flatMap((pane, index) => (shift.judge(pane, 1).bad[0] === 1 ? [index] : []));
}

const usual = Array.from({ length: 20 }, (_, n) => window(0.002, 0.0022, n % 2 ? 0.0021 : 0.0024));
const slower = (count: number, seconds: number) =>
  Array.from({ length: count }, () => window(seconds, seconds, seconds));

describe("a latency shift", () => {
  it("is none while a flow is as it was", () => {
    expect(slowAfter([...usual, ...usual])).toEqual([]);
  });

  it("is what lasts and is at least twice as slow, until it is over", () => {
    const after = slowAfter([...usual, ...slower(5, 0.02), ...usual, ...usual]);
    expect(after[0]).toBeGreaterThanOrEqual(20);
    expect(after[0]).toBeLessThanOrEqual(22);
    expect(after.at(-1)).toBe(24);
  });

  it("is how it is now after six hours", () => {
    const after = slowAfter([...usual, ...slower(600, 0.02), ...slower(30, 0.2)]);
    const [first = 0] = after;
    expect(after.filter((window) => window < 600).at(-1)).toBe(first + 360);
    expect(after.some((window) => window >= 620)).toBe(true);
  });

  it("is none when little slower, or for one window", () => {
    expect(slowAfter([...usual, ...slower(20, 0.003)])).toEqual([]);
    expect(slowAfter([...usual, ...slower(1, 0.006), ...usual])).toEqual([]);
  });

  it("is none where there is no past, or too little of it", () => {
    expect(slowAfter([...usual.slice(0, 5), ...slower(3, 0.02)])).toEqual([]);
    expect(slowAfter(Array.from({ length: 40 }, (_, n) => window(n < 20 ? 0.002 : 0.2)))).toEqual([]);
  });
});
