import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { finding } from "../../test/peers/handMadeDiagnosis.ts";
import { startKubernetes, type TestKubernetes } from "../../test/peers/kubernetes.ts";
import { type SimulatedClock, simulatedClock } from "../../test/peers/simulatedClock.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes } from "../discovery/connection.ts";
import type { Finding } from "./finding.ts";
import { createNodeEvents } from "./nodeEvents.ts";

let kubernetes: TestKubernetes;
let clock: SimulatedClock;
let leads: boolean;
let lines: string[];

beforeEach(async () => {
  kubernetes = await startKubernetes();
  clock = simulatedClock();
  leads = true;
  lines = [];
});

afterEach(async () => {
  await kubernetes[Symbol.asyncDispose]();
});

/** Tells of findings, and resolves when all is told. */
async function startTelling(): Promise<(findings: readonly Finding[]) => Promise<void>> {
  const { environment, serviceAccountDirectory } = kubernetes;
  const { config } = loadConfig(environment);
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const events = createNodeEvents({
    connection: await connectToKubernetes(config, serviceAccountDirectory),
    edges: testEdges({ clock, log }),
    leads: () => leads,
  });
  return (findings) => {
    events.tell(findings);
    return events.idle();
  };
}

const opened = (changed: Partial<Finding> = {}) => finding({ openedAt: clock.wallNow(), ...changed });
const closing = (one: Finding): Finding => ({ ...one, closed: { at: clock.wallNow(), why: "recovered" } });
const events = () => kubernetes.api.store.list("events");

test("a finding is told when it opens, each hour, and when it closes", async () => {
  const tell = await startTelling();
  const open = opened();
  await tell([open]);
  expect(events()).toEqual([
    {
      metadata: expect.objectContaining({
        name: expect.stringMatching(/^node-3\.[0-9a-f]{16}$/),
        namespace: "default",
      }),
      involvedObject: { apiVersion: "v1", kind: "Node", name: "node-3", uid: "node-3" },
      ...{ type: "Warning", reason: "KubenurseFinding", count: 1 },
      message:
        "Node node-3 answers nobody and reports nothing: 18 of 18 attempts of 3 nodes failed. Cause: node_down. Finding f1a2b3. " +
        "Check next: kubectl get node node-3; the node's console.",
      ...{ firstTimestamp: "2023-11-14T22:13:20Z", lastTimestamp: "2023-11-14T22:13:20Z" },
      source: { component: "kubenurse", host: "this-agent" },
      ...{ reportingComponent: "kubenurse", reportingInstance: "this-agent" },
    },
  ]);
  for (let seconds = 0; seconds < 7000; seconds += 1000) {
    await clock.advance(1000);
    await tell([open]);
  }
  expect(events()).toHaveLength(2);
  const closed = closing(open);
  await tell([closed]);
  await clock.advance(5);
  await tell([closed]);
  expect(events()).toHaveLength(3);
  expect(events()[2]).toMatchObject({
    ...{ type: "Normal", reason: "KubenurseFindingClosed" },
    message: expect.stringMatching(/Finding f1a2b3\. Closed: recovered\.$/),
  });
});

test("a new leader repeats nothing, and leaves what closed long ago", async () => {
  const tell = await startTelling();
  const open = opened();
  const past = closing(opened({ id: "past" }));
  await tell([open]);
  await clock.advance(700);
  const next = await startTelling();
  await next([open, past]);
  expect(events()).toHaveLength(1);
  await next([closing(open), past]);
  await tell([closing(open), past]);
  expect(events()).toHaveLength(2);
});

test("both nodes of a pair have it, and what is on no node has none", async () => {
  const tell = await startTelling();
  const pair = { kind: "pair", from: "node-1", to: "node-2" } as const;
  await tell([opened({ component: pair }), opened({ id: "b", component: { kind: "cluster_dns" } })]);
  const nodes = events().map(({ involvedObject }) => (involvedObject as { name: string }).name);
  expect(nodes).toEqual(["node-1", "node-2"]);
});

test("a message is no longer than the API takes, in whole characters", async () => {
  const tell = await startTelling();
  await tell([opened({ summary: `x${"→".repeat(500)}` })]);
  expect(events()[0]?.message).toBe(`x${"→".repeat(341)}`);
});

test("what fails is told with the next analysis; a refusal is said once and left for five minutes", async () => {
  const tell = await startTelling();
  const open = opened();
  await kubernetes.api.stop();
  await tell([open]);
  await kubernetes.api.start();
  await tell([open]);
  expect(events()).toHaveLength(1);
  kubernetes.api.forbid("events");
  const other = opened({ id: "other" });
  await tell([open, other]);
  kubernetes.api.permit("events");
  await tell([open, other]);
  expect(events()).toHaveLength(1);
  await clock.advance(301);
  await tell([open, other]);
  expect(events()).toHaveLength(2);
  const pairs = ["can't write Events of nodes", "can write Events of nodes again"];
  expect(lines).toEqual([...pairs, ...pairs]);
});

test("who does not lead tells nothing", async () => {
  leads = false;
  const tell = await startTelling();
  await tell([opened()]);
  expect(events()).toEqual([]);
});
