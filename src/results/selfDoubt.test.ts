import { describe, expect, it } from "vitest";
import type { Outcome } from "../probes/probe.ts";
import { doubtSelf, type SelfEvidence } from "./selfDoubt.ts";

const ok: Outcome<string> = { state: "ok", phases: { connect: 0.001 }, reading: "" };
const nothing: SelfEvidence = { elapsed: 5, stalled: 0, throttled: 0, clockShift: 0, unreachable: false };
const judged = (evidence: Partial<SelfEvidence>) => {
  const outcome = doubtSelf(ok, { ...nothing, ...evidence });
  return outcome.state === "discarded" ? outcome.why : outcome.state;
};

describe("doubtSelf", () => {
  it.each(["stalled", "throttled"] as const)("believes or doubts by the share of the time %s", (how) => {
    expect(judged({ elapsed: 0.002, [how]: 0.001 })).toBe("ok");
    expect(judged({ elapsed: 0.021, [how]: 0.02 })).toBe("ok");
    expect(judged({ elapsed: 0.31, [how]: 0.3 })).toBe(`self-${how}`);
    expect(judged({ elapsed: 5, [how]: 1.2 })).toBe("ok");
    expect(judged({ elapsed: 5, [how]: 4 })).toBe(`self-${how}`);
  });

  it("doubts what was read while the clocks went apart, either way", () => {
    expect(judged({ clockShift: 0.4 })).toBe("ok");
    expect(judged({ clockShift: 0.6 })).toBe("clock-jumped");
    expect(judged({ clockShift: -3600 })).toBe("clock-jumped");
  });

  it("doubts what was read while the agent could not reach itself", () => {
    expect(judged({ unreachable: true })).toBe("self-unreachable");
  });

  it("names the cause, not its symptoms", () => {
    expect(judged({ stalled: 5, unreachable: true })).toBe("self-stalled");
    expect(judged({ throttled: 5, stalled: 5, unreachable: true })).toBe("self-throttled");
  });

  it("keeps the reason of what was discarded already", () => {
    const left: Outcome<string> = { state: "discarded", why: "peer-left" };
    expect(doubtSelf(left, { ...nothing, stalled: 5 })).toEqual(left);
  });
});
