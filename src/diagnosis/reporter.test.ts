import { beforeEach, expect, test } from "vitest";
import { runEveryCheck } from "../../test/peers/everyCheck.ts";
import { type SimulatedClock, simulatedClock } from "../../test/peers/simulatedClock.ts";
import { httpSubject } from "../../test/peers/subject.ts";
import type { PairEvent } from "../checks/pairEvents.ts";
import { rotationSort } from "../checks/rotatingChecks.ts";
import type { OwnNode } from "../discovery/peer.ts";
import type { Outcome } from "../probes/probe.ts";
import type { Reading } from "../probes/reading.ts";
import { noGrace } from "../results/grace.ts";
import type { Subject } from "../results/results.ts";
import { selfType } from "../results/selfWatch.ts";
import { createResults, type Results } from "../results/store.ts";
import { readReport } from "./readReport.ts";
import type { Report } from "./report.ts";
import { createReporter, type Reporter } from "./reporter.ts";

/** The simulated clock's start: a whole multiple of 5 s. */
const start = 1_700_000_000;
let clock: SimulatedClock;
let wallShift: number;
let results: Results;
let reports: Report[];
let events: PairEvent[];
let throttledSeconds: number;
let ownNode: OwnNode;
let reporter: Reporter;
beforeEach(() => {
  clock = simulatedClock();
  wallShift = throttledSeconds = 0;
  results = createResults(clock);
  reports = [];
  events = [];
  ownNode = { name: "node-a", zone: "z", schedulable: true };
  reporter = createReporter({
    edges: {
      clock: { ...clock, now: clock.now, wallNow: () => clock.wallNow() + wallShift },
      hostname: "nurse-a",
      proc: "/nonexistent",
    },
    ...{ results, ownNode: () => ownNode, pairEvents: () => events },
    readThrottling: () => ({ periods: 0, throttledPeriods: 0, throttledSeconds }),
    onReport: (report) => reports.push(report),
  });
  void reporter.run(new AbortController().signal);
});

const ok = (answeredBy?: { pod: string; node: string }): Outcome<Reading> => ({
  ...{ state: "ok", phases: { connect: 0.001 }, reading: { kind: "http", roundTrips: [], answeredBy } },
});
const failed: Outcome<Reading> = {
  ...{ state: "failed", phase: "connect", reason: "reset", detail: "", phases: {} },
  reading: { kind: "http", roundTrips: [], answeredBy: { pod: "nurse-c", node: "node-c" } },
};
const rotation: Subject = {
  ...{ type: "mesh_rotation_1", probe: "http", target: rotationSort, sort: rotationSort, compatible: false },
};
function record(subject: Subject, ...outcomes: Outcome<Reading>[]): void {
  results.begin(subject, noGrace);
  for (const outcome of outcomes) results.record(subject.type, outcome);
}
function pairOf(to: string): Omit<PairEvent, "at"> {
  const unknown = "unknown" as const;
  const retries = { new_port: "ok", node_address: unknown, third_party: unknown, reverse: unknown } as const;
  return { from: "node-a", to, reason: "reset", retries };
}
const flowsOf = (report: Report | undefined) =>
  report?.flows.map(({ target, good, bad, discarded, rotated }) => ({
    target,
    good,
    bad,
    discarded,
    ...(rotated && { rotated }),
  }));
const node = (name: string) => ({ kind: "node", node: name });

test("each window ends at a whole multiple of 5 s, and has what was seen in it", async () => {
  await clock.advance(3);
  record(httpSubject("path_node-b"), ok(), failed, { state: "discarded", why: "peer-left" });
  await clock.advance(2.5);
  results.record("path_node-b", ok());
  await clock.advance(5);
  expect(reports.map(({ sequence, from, until }) => [sequence, from - start, until - start])).toEqual([
    [1, 0, 5],
    [2, 5, 10],
  ]);
  expect(reports[0]).toMatchObject({ version: 1, node: "node-a", zone: "z", pod: "nurse-a" });
  expect(flowsOf(reports[0])).toEqual([{ target: node("node-b"), good: 1, bad: { reset: 1 }, discarded: 1 }]);
  expect(flowsOf(reports[1])).toEqual([{ target: node("node-b"), good: 1, bad: {}, discarded: 0 }]);
});

test("a failure that took long is told by the window in which it began", async () => {
  await clock.advance(1);
  record(httpSubject("path_node-b"), { ...failed, phases: { connect: 0.9 } });
  await clock.advance(5);
  const slow = { ...failed, phases: { resolve: 1, connect: 5 } };
  for (const outcome of [failed, slow]) results.record("path_node-b", outcome);
  events.push({ ...pairOf("node-d"), at: start - 0.5 });
  await clock.advance(5);
  expect(reports.map(({ flows }) => flows.map(({ bad, earlier }) => ({ bad, earlier })))).toEqual([
    [{ bad: { reset: 1 } }],
    [
      { bad: { reset: 2 }, earlier: [1, 0, 0] },
      { bad: { reset: 1 }, earlier: [0, 1, 0] },
    ],
  ]);
});

test("a report of every check is read as it was made", async () => {
  runEveryCheck(results);
  await clock.advance(5);
  expect(reports[0]?.flows.length).toBeGreaterThan(60);
  expect(readReport(JSON.parse(JSON.stringify(reports[0])))).toEqual(reports[0]);
});

test("visits of the rotation count to their nodes, apart from those that are watched", async () => {
  record(httpSubject("path_node-b"));
  record(
    rotation,
    ok({ pod: "nurse-b", node: "node-b" }),
    ok({ pod: "nurse-c", node: "node-c" }),
    failed,
    ok(),
  );
  events.push({ ...pairOf("node-d"), at: start });
  await clock.advance(10);
  expect(flowsOf(reports[0])).toEqual([
    { target: node("node-b"), good: 1, bad: {}, discarded: 0 },
    { target: node("node-c"), good: 1, bad: {}, discarded: 0, rotated: true },
    { target: node("node-d"), good: 0, bad: { reset: 1 }, discarded: 0, rotated: true },
  ]);
  expect(reports[0]?.pairs).toEqual([pairOf("node-d")]);
  expect([reports[1]?.flows, reports[1]?.pairs]).toEqual([[], undefined]);
});

test("an agent says what speaks against it as a witness", async () => {
  record({ ...httpSubject(selfType), compatible: false }, ok(), failed);
  record(
    httpSubject("path_node-b"),
    { state: "discarded", why: "self-stalled" },
    { state: "discarded", why: "peer-left" },
  );
  for (const seconds of [0.01, 0.3, 0.02]) reporter.observeLoopDelay(seconds);
  throttledSeconds = 2;
  await clock.advance(5);
  const { health } = reports[0] ?? {};
  expect(health).toEqual({
    loopDelaySeconds: 0.3,
    throttledShare: 0.4,
    discardedShare: 0.25,
    selfReachable: false,
  });
  await clock.advance(5);
  const { health: next } = reports[1] ?? {};
  expect(next).toEqual({ loopDelaySeconds: 0, throttledShare: 0, discardedShare: 0, selfReachable: false });
});

test("what was seen before a clock was set has no report", async () => {
  record(httpSubject("path_node-b"), ok());
  wallShift = 3600;
  await clock.advance(5);
  expect(reports).toEqual([]);
  await clock.advance(5);
  expect(reports.map(({ from, flows }) => [from - start, flows])).toEqual([[3605, []]]);
});

test("an agent that does not know its node makes no report", async () => {
  ownNode = { schedulable: true };
  await clock.advance(20);
  expect(reports).toEqual([]);
});
