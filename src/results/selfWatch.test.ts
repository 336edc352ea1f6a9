import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import type { Outcome } from "../probes/probe.ts";
import { cpuThrottlingOf } from "../schedule/cgroup.ts";
import { createSelfWatch, selfType } from "./selfWatch.ts";

const ok: Outcome<string> = { state: "ok", phases: { connect: 0.001 }, reading: "" };
const timedOut: Outcome<string> = {
  ...{ state: "failed", phase: "connect", reason: "connect_timeout", detail: "", phases: {}, reading: "" },
};

let cgroup: string;
beforeEach(() => {
  cgroup = mkdtempSync(join(tmpdir(), "cgroup-"));
  writeFileSync(join(cgroup, "cgroup"), "0::/\n");
  throttledFor(100);
});
afterEach(() => rmSync(cgroup, { recursive: true }));

/** Since the cgroup's begin, as the kernel says it. */
function throttledFor(seconds: number): void {
  writeFileSync(join(cgroup, "cpu.stat"), `nr_periods 9\nnr_throttled 9\nthrottled_usec ${seconds * 1e6}\n`);
}

function watch(clock = simulatedClock()) {
  let wallShift = 0;
  const shifted = { ...clock, wallNow: () => clock.wallNow() + wallShift };
  const selfWatch = createSelfWatch({
    clock: shifted,
    loopDelay: { measure: () => () => 0 },
    readThrottling: cpuThrottlingOf({ cgroupRoot: cgroup, procSelf: cgroup }),
  });
  return { selfWatch, clock, setWall: (seconds: number) => (wallShift = seconds) };
}

describe("createSelfWatch", () => {
  it("believes what was read while nothing was wrong, whatever was before", async () => {
    const { selfWatch, clock, setWall } = watch();
    setWall(1000);
    const judge = selfWatch.begin("path_b");
    await clock.advance(5);
    expect(judge(timedOut)).toEqual(timedOut);
  });

  it("doubts an attempt during which the kernel throttled the process for much of its time", async () => {
    const { selfWatch, clock } = watch();
    const long = selfWatch.begin("path_b");
    await clock.advance(4.9);
    const short = selfWatch.begin("path_c");
    throttledFor(100.09);
    await clock.advance(0.1);
    expect(short(ok)).toEqual({ state: "discarded", why: "self-throttled" });
    expect(long(timedOut)).toEqual(timedOut);
  });

  it("doubts an attempt during which the machine was suspended, and believes the next", async () => {
    const { selfWatch, clock, setWall } = watch();
    const judge = selfWatch.begin("path_b");
    await clock.advance(1);
    setWall(30);
    expect(judge(timedOut)).toEqual({ state: "discarded", why: "clock-jumped" });
    expect(selfWatch.begin("path_b")(ok)).toEqual(ok);
  });

  it("counts a failure of the check of itself, and doubts the others until it succeeds", () => {
    const { selfWatch } = watch();
    expect(selfWatch.begin(selfType)(timedOut)).toEqual(timedOut);
    expect(selfWatch.begin("path_b")(timedOut)).toEqual({ state: "discarded", why: "self-unreachable" });
    selfWatch.begin(selfType)(ok);
    expect(selfWatch.begin("path_b")(timedOut)).toEqual(timedOut);
  });
});
