import { expect, test } from "vitest";
import type { Outcome } from "../probes/probe.ts";
import type { Reading } from "../probes/reading.ts";
import { addOutcome, emptyFlow } from "./flow.ts";
import type { Flow } from "./report.ts";
import { addToSketch } from "./sketch.ts";

type Counted = Exclude<Outcome<Reading>, { state: "discarded" }>;
const node = { kind: "node", node: "b" } as const;
const flowOf = (...outcomes: Counted[]): Flow =>
  outcomes.reduce((flow, outcome) => addOutcome(flow, outcome, 4), emptyFlow("http", node));
const ok = (phases: Counted["phases"], reading: Reading = { kind: "tcp" }): Counted => ({
  ...{ state: "ok", phases, reading },
});
const failed = (
  reason: "reset" | "lost" | "connect_refused",
  reading: Reading = { kind: "tcp" },
): Counted => ({
  ...{ state: "failed", phase: "connect", reason, detail: "", phases: { connect: 5 }, reading },
});
const seconds = (...all: number[]) => all.reduce(addToSketch, {});

test("attempts count by what became of them, and take as long as all their phases", () => {
  expect(flowOf(ok({ connect: 0.1, processing: 0.2 }), failed("reset"), failed("reset"))).toEqual({
    ...{ probe: "http", target: node, good: 1, bad: { reset: 2 }, discarded: 0 },
    latency: seconds(0.3),
  });
});

test("a good attempt whose SYN was sent again is told apart", () => {
  expect(flowOf(ok({ connect: 0.9 }), ok({ connect: 1.01 }), ok({ connect: 3.1 }), failed("reset"))).toEqual({
    ...{ probe: "http", target: node, good: 3, bad: { reset: 1 }, discarded: 0, resent: 2 },
    latency: seconds(0.9, 1.01, 3.1),
  });
});

test("what failed or was delayed is told by the window in which it began", () => {
  const of = (probe: Flow["probe"], windowsAgo: number, ...outcomes: Counted[]) =>
    outcomes.reduce((flow, outcome) => addOutcome(flow, outcome, 4, windowsAgo), emptyFlow(probe, node))
      .earlier;
  expect(of("http", 0, failed("reset"), ok({ connect: 1.01 }))).toBeUndefined();
  expect(of("http", 1, failed("reset"), ok({ connect: 1.01 }), ok({ connect: 0.1 }))).toEqual([2, 0, 0]);
  expect(of("http", 9, failed("reset"))).toEqual([0, 0, 1]);
  expect(of("lookup", 2, ok({ resolve: 5.01 }), ok({ resolve: 0.1 }))).toEqual([0, 1, 0]);
});

const train = (sent: number, returned: number, lost?: { forward: number; reverse: number }): Reading => ({
  ...{ kind: "udp", sent, returned, duplicates: 0, reordered: 0, ...(lost && { lost }) },
});

test("datagrams count one by one, with the way on which they were lost as far as known", () => {
  const outcomes = [
    ok({ processing: 0.01 }, train(10, 10, { forward: 0, reverse: 0 })),
    ok({ processing: 0.02 }, train(10, 7, { forward: 1, reverse: 2 })),
    ok({ processing: 0.02 }, train(10, 9)),
    failed("lost", train(10, 0, { forward: 0, reverse: 10 })),
  ];
  expect(flowOf(...outcomes)).toEqual({
    ...{ probe: "http", target: node, good: 26, bad: { lost: 14 }, discarded: 0 },
    ...{ lostForward: 1, lostReverse: 12, latency: seconds(0.01, 0.02, 0.02) },
  });
});

test("a train that broke off counts as long as it should have been", () => {
  expect(flowOf(failed("connect_refused", train(2, 0)))).toMatchObject({
    good: 0,
    bad: { connect_refused: 10 },
  });
});

test("endpoints that the Service does not lead to are named once, and at most 50 of them", () => {
  const service = (unreached: string[]): Reading => ({ kind: "service", expected: 99, unreached });
  expect(flowOf(failed("reset", service(["a"])), failed("reset", service(["a", "b"]))).unreached).toEqual([
    "a",
    "b",
  ]);
  const pods = Array.from({ length: 60 }, (_, n) => `pod-${n}`);
  expect(flowOf(failed("reset", service(pods))).unreached).toEqual(pods.slice(0, 50));
  expect(flowOf(ok({}, service([])))).not.toHaveProperty("unreached");
});
