import { describe, expect, it } from "vitest";
import type { Outcome } from "../probes/probe.ts";
import { doubtSelf } from "./selfDoubt.ts";

const ok: Outcome<string> = { state: "ok", phases: { connect: 0.001 }, reading: "" };
const stalled: Outcome<string> = { state: "discarded", why: "self-stalled" };

describe("doubtSelf", () => {
  it.each([
    ["believes a quick answer read on time", 0.001, 0.002, ok],
    ["believes what was read 20 ms late", 0.02, 0.021, ok],
    ["doubts a slow answer when the loop was late for most of it", 0.3, 0.31, stalled],
    ["believes a timeout of 5 s although the loop was late for 300 ms of it", 0.3, 5, ok],
    ["doubts a timeout of 5 s when the loop stood still for 4 s of it", 4, 5, stalled],
  ])("%s", (_claim, loopDelay, elapsed, expected) => {
    expect(doubtSelf(ok, loopDelay, elapsed)).toEqual(expected);
  });

  it("keeps the reason of what was discarded already", () => {
    const left: Outcome<string> = { state: "discarded", why: "peer-left" };
    expect(doubtSelf(left, 4, 5)).toEqual(left);
  });
});
