import { expect, test } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { createIncomingChecks } from "./incomingChecks.ts";

test("an origin counts once, and for a minute after it was last seen", async () => {
  const clock = simulatedClock();
  const incoming = createIncomingChecks(clock);
  expect(incoming.count()).toBe(0);
  incoming.record("kubenurse-a");
  incoming.record("kubenurse-b");
  await clock.advance(30);
  incoming.record("kubenurse-a");
  expect(incoming.count()).toBe(2);
  await clock.advance(30);
  expect(incoming.count()).toBe(1);
  await clock.advance(30);
  expect(incoming.count()).toBe(0);
});

test.each(["", "a b", "-a", "a.", "<script>", "a".repeat(254)])("%j is no host's name", (origin) => {
  const incoming = createIncomingChecks(simulatedClock());
  incoming.record(origin);
  expect(incoming.count()).toBe(0);
});

test("a sender of invented names can't make it grow for good, and known ones stay", async () => {
  const clock = simulatedClock();
  const incoming = createIncomingChecks(clock);
  incoming.record("kubenurse-a");
  for (let n = 0; n < 30_000; n++) incoming.record(`invented-${n}`);
  expect(incoming.count()).toBe(20_000);
  await clock.advance(59);
  incoming.record("kubenurse-a");
  await clock.advance(2);
  expect(incoming.count()).toBe(1);
});
