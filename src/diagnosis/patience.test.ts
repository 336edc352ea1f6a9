import { expect, test } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { createPatience } from "./patience.ts";

test("a place that failed is left alone for longer and longer, up to a quarter of a minute, another one for no time", async () => {
  const clock = simulatedClock();
  const { log } = testEdges();
  const patience = createPatience({ clock, random: () => 0.5, log });
  for (const pause of [2.5, 5, 10, 15, 15]) {
    expect(patience.isDue("a")).toBe(true);
    patience.ended("failed");
    await clock.advance(pause - 0.01);
    expect(patience.isDue("a")).toBe(false);
    await clock.advance(0.01);
  }
  patience.ended("failed");
  expect([patience.isDue("b"), patience.isDue("b")]).toEqual([true, false]);
  patience.ended("failed");
  await clock.advance(2.5);
  expect(patience.isDue("b")).toBe(true);
});
