import { expect, test } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { createAgentAddresses } from "./agentAddresses.ts";

const agent = (ip: string, state: "live" | "unready" = "live") =>
  ({ name: ip, ip, hostIP: "", nodeName: "a", state, settledAt: 0, ready: true }) as const;

test("before the first list everybody counts as an agent, afterwards agents in every state do", () => {
  const addresses = createAgentAddresses(simulatedClock());
  expect([addresses.isKnown("10.0.0.9"), addresses.isOn("z"), addresses.areKnown()]).toEqual([
    true,
    true,
    false,
  ]);
  addresses.learn([agent("10.0.0.1"), agent("10.0.0.2", "unready"), agent("")]);
  expect(addresses.areKnown()).toBe(true);
  expect(["10.0.0.1", "10.0.0.2", "10.0.0.9", ""].map(addresses.isKnown)).toEqual([true, true, false, false]);
  expect([addresses.isOn("a"), addresses.isOn("z"), addresses.isOn("10.0.0.1")]).toEqual([
    true,
    false,
    false,
  ]);
});

test("one that left is known for two more minutes", async () => {
  const clock = simulatedClock();
  const addresses = createAgentAddresses(clock);
  addresses.learn([agent("10.0.0.1"), agent("10.0.0.2")]);
  await clock.advance(1000);
  addresses.learn([agent("10.0.0.2")]);
  await clock.advance(120);
  addresses.learn([agent("10.0.0.2")]);
  expect(["10.0.0.1", "10.0.0.2"].map(addresses.isKnown)).toEqual([true, true]);
  await clock.advance(1);
  expect(["10.0.0.1", "10.0.0.2"].map(addresses.isKnown)).toEqual([false, true]);
});
