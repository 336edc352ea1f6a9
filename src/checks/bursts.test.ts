import { describe, expect, it } from "vitest";
import { createBursts } from "./bursts.ts";

type State = "ok" | "failed" | "discarded";
/** How many attempts each slot has after slots with these outcomes. */
const burstsAfter = (slots: readonly (readonly State[])[], endpoints = 4) => {
  const bursts = createBursts(() => endpoints);
  return slots.map((states) => bursts(states.map((state) => ({ state }))));
};

describe("the attempts of a slot", () => {
  it("are one while all is well, and while nothing is known", () => {
    expect(burstsAfter([[], ["ok"], ["discarded"], ["ok"]])).toEqual([1, 1, 1, 1]);
  });

  it("are three for each endpoint from a failure among answers on, until none fails", () => {
    const part: State[] = ["ok", "failed", "ok"];
    expect(burstsAfter([["ok"], ["failed"], part, part, ["ok", "ok"], ["ok"]])).toEqual([
      1, 12, 12, 12, 1, 1,
    ]);
  });

  it("are one again where all of several fail", () => {
    const all: State[] = ["failed", "failed"];
    expect(burstsAfter([["ok"], ["failed"], all, ["failed"], ["failed"]])).toEqual([1, 12, 1, 1, 1]);
  });

  it("are several although nothing could be judged in between", () => {
    expect(burstsAfter([["ok"], ["discarded"], ["failed"]])).toEqual([1, 1, 12]);
  });

  it.each([
    [0, 1],
    [2, 6],
    [6, 18],
    [7, 20],
    [1000, 20],
  ])("with %i endpoints are %i", (endpoints, attempts) => {
    expect(burstsAfter([["ok"], ["failed"]], endpoints).at(-1)).toBe(attempts);
  });
});
