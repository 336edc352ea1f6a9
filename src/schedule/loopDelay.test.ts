import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { fastClock } from "../../test/peers/edges.ts";
import { createLoopDelay, type LoopDelay } from "./loopDelay.ts";

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** Seconds since the call: no stall is longer, however slow the machine. */
function startTiming(): () => number {
  const since = performance.now();
  return () => (performance.now() - since) / 1000;
}

describe("createLoopDelay", () => {
  let loopDelay: LoopDelay | undefined;
  afterEach(() => loopDelay?.stop());

  it("finds a stall within a measurement, whichever turn it comes in", async () => {
    loopDelay = createLoopDelay(fastClock(1), () => {});
    loopDelay.start();
    const end = loopDelay.measure();
    await turn();
    block(300);
    await turn();
    const delay = end();
    expect(delay).toBeGreaterThan(0.25);
    expect(delay).toBeLessThan(0.4);
  });

  it("adds up the stalls of a burst", async () => {
    loopDelay = createLoopDelay(fastClock(1), () => {});
    loopDelay.start();
    const end = loopDelay.measure();
    for (let stall = 0; stall < 4; stall += 1) {
      block(100);
      await turn();
    }
    expect(end()).toBeGreaterThan(0.25);
  });

  it("counts one stall once, however many measurements end in its turn", async () => {
    loopDelay = createLoopDelay(fastClock(1), () => {});
    loopDelay.start();
    const seconds = startTiming();
    const ends = Array.from({ length: 10 }, () => loopDelay?.measure());
    await turn();
    block(200);
    const delays = ends.map((end) => end?.() ?? 0);
    expect(Math.min(...delays)).toBeGreaterThan(0.15);
    expect(Math.max(...delays)).toBeLessThanOrEqual(seconds());
  });

  it("counts a stall in full for who is still measured when others ended in the midst of it", async () => {
    loopDelay = createLoopDelay(fastClock(1), () => {});
    loopDelay.start();
    const seconds = startTiming();
    const [first, second, last] = [loopDelay.measure(), loopDelay.measure(), loopDelay.measure()];
    await turn();
    block(100);
    const early = first();
    block(15);
    second();
    block(100);
    await turn();
    expect(early).toBeGreaterThan(0.07);
    const whole = last();
    expect(whole).toBeGreaterThan(0.185);
    expect(whole).toBeLessThanOrEqual(seconds());
  });

  it("does not hold a stall before the measurement against it", async () => {
    loopDelay = createLoopDelay(fastClock(1), () => {});
    loopDelay.start();
    block(300);
    const end = loopDelay.measure();
    await turn();
    expect(end()).toBeLessThan(0.2);
  });

  it("tells every tick's delay", async () => {
    const delays: number[] = [];
    await new Promise<void>((resolve) => {
      loopDelay = createLoopDelay(fastClock(1), (seconds) => {
        delays.push(seconds);
        if (delays.length === 1) block(400);
        if (delays.length === 2) resolve();
      });
      loopDelay.start();
    });
    expect(Math.max(...delays)).toBeGreaterThan(0.2);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  });
});
