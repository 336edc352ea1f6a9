import { describe, expect, it } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { createSchedule } from "./schedule.ts";

describe("createSchedule", () => {
  it("starts each key within one interval, spread over it", async () => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, Math.random, 5);
    const first = new Map<string, number>();
    for (let n = 0; n < 200; n += 1) {
      const key = `target-${n}`;
      schedule.start({
        key,
        run: async () => {
          if (!first.has(key)) first.set(key, clock.now());
        },
      });
    }
    await clock.advance(5);
    expect(first.size).toBe(200);
    for (const from of [0, 1, 2, 3, 4]) {
      const inSecond = [...first.values()].filter((at) => at >= from && at < from + 1);
      expect(inSecond.length).toBeGreaterThan(15);
    }
    await schedule.stop("test");
    expect(clock.pending).toBe(0);
  });

  it("never runs one key twice at once, and lets a slow one delay no other", async () => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, () => 0.5, 5);
    let underWay = 0;
    let most = 0;
    let others = 0;
    schedule.start({
      key: "slow",
      run: async (signal) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise<void>((resolve) => {
          clock.after(6, resolve);
          signal.addEventListener("abort", () => resolve());
        });
        underWay -= 1;
      },
    });
    schedule.start({
      key: "quick",
      run: async () => {
        others += 1;
      },
    });
    await clock.advance(60);
    expect(most).toBe(1);
    expect(others).toBe(12);
    await schedule.stop("test");
  });

  it("tells a run that its key ended and why, and does not start it again", async () => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, () => 0, 5);
    const reasons: unknown[] = [];
    schedule.start({
      key: "peer",
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(void reasons.push(signal.reason)));
        }),
    });
    await clock.advance(1);
    schedule.end("peer", "peer-left");
    await clock.advance(60);
    expect(reasons).toEqual(["peer-left"]);
    expect(clock.pending).toBe(0);
  });

  it("ends the runs of a key that is started again", async () => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, () => 0, 5);
    const runs: string[] = [];
    schedule.start({ key: "twice", run: async () => void runs.push("old") });
    await clock.advance(1);
    schedule.start({ key: "twice", run: async () => void runs.push("new") });
    await clock.advance(6);
    expect(runs).toEqual(["old", "new", "new"]);
    await schedule.stop("stopping");
    expect(clock.pending).toBe(0);
  });

  it("waits for `notBefore` and then starts within one interval", async () => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, () => 0.9, 5);
    const starts: number[] = [];
    schedule.start({ key: "young", notBefore: 20, run: async () => void starts.push(clock.now()) });
    await clock.advance(25);
    expect(starts).toEqual([24.5]);
    await schedule.stop("test");
  });

  it.each([
    ["", false],
    [", be it of a key that was ended before", true],
  ])("stops only when no run is under way any more%s", async (_of, endedBefore) => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, () => 0, 5);
    const ended: string[] = [];
    schedule.start({
      key: "slow to stop",
      run: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => setImmediate(() => resolve(void ended.push("run"))));
        }),
    });
    await clock.advance(1);
    if (endedBefore) schedule.end("slow to stop", "peer-left");
    await schedule.stop("stopping");
    expect(ended).toEqual(["run"]);
  });

  it("starts nothing after it was stopped", async () => {
    const clock = simulatedClock();
    const schedule = createSchedule(clock, () => 0, 5);
    await schedule.stop("stopping");
    const runs: string[] = [];
    schedule.start({ key: "late", run: async () => void runs.push("run") });
    await clock.advance(60);
    expect(runs).toEqual([]);
  });
});
