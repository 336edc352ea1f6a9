import { expect, test } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import type { Outcome } from "../probes/probe.ts";
import { createSelfReach } from "./selfReach.ts";

const took = (processing: number): Outcome<string> => ({ state: "ok", phases: { processing }, reading: "" });
const failed: Outcome<string> = {
  ...{ state: "failed", phase: "connect", reason: "connect_refused", detail: "", phases: {}, reading: "" },
};
const discarded: Outcome<string> = { state: "discarded", why: "self-stalled" };

test.each([
  ["a quick answer", took(0.01), false],
  ["a slow answer", took(0.6), true],
  ["a failure", failed, true],
  ["a discard", discarded, false],
])("after %s, be it after a failure, lost is %s", (_of, outcome, lost) => {
  const reach = createSelfReach(simulatedClock());
  expect(reach.isLost()).toBe(false);
  reach.begin()(failed);
  reach.begin()(outcome);
  expect(reach.isLost()).toBe(lost);
});

test("a check that does not end is lost before its deadline says so", async () => {
  const clock = simulatedClock();
  const reach = createSelfReach(clock);
  const told = reach.begin();
  await clock.advance(0.4);
  expect(reach.isLost()).toBe(false);
  await clock.advance(0.2);
  expect(reach.isLost()).toBe(true);
  told(took(0.01));
  expect(reach.isLost()).toBe(false);
});
