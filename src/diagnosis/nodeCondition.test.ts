import { afterEach, beforeEach, expect, test } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { finding } from "../../test/peers/handMadeDiagnosis.ts";
import { nodeObject, startKubernetes, type TestKubernetes } from "../../test/peers/kubernetes.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes } from "../discovery/connection.ts";
import type { Finding } from "./finding.ts";
import { createNodeConditions } from "./nodeCondition.ts";

const openedAt = 1_700_000_000;
let kubernetes: TestKubernetes;
let leads: boolean;
let writes: number;

beforeEach(async () => {
  kubernetes = await startKubernetes();
  leads = true;
  const ready = { type: "Ready", status: "True" };
  kubernetes.api.store.create("nodes", { ...nodeObject("node-3"), status: { conditions: [ready] } });
  writes = 0;
  kubernetes.api.store.subscribe(() => {
    writes += 1;
  });
});

afterEach(async () => {
  await kubernetes[Symbol.asyncDispose]();
});

async function startTelling(): Promise<(findings: readonly Finding[]) => Promise<void>> {
  const { environment, serviceAccountDirectory } = kubernetes;
  const { config } = loadConfig(environment);
  const conditions = createNodeConditions({
    connection: await connectToKubernetes(config, serviceAccountDirectory),
    edges: testEdges({ clock: simulatedClock() }),
    leads: () => leads,
  });
  return (findings) => {
    conditions.tell(findings);
    return conditions.idle();
  };
}

const conditionsOf = (node: string) =>
  (kubernetes.api.store.get("nodes", node).status as { conditions: object[] }).conditions;
const closed = { at: openedAt + 100, why: "recovered" } as const;

test("a node has the condition while a finding names it, beside those of others", async () => {
  const tell = await startTelling();
  await tell([finding({ openedAt })]);
  expect(conditionsOf("node-3")).toEqual([
    { type: "Ready", status: "True" },
    {
      ...{ type: "KubenurseFinding", status: "True", reason: "node_down", message: finding().summary },
      ...{ lastHeartbeatTime: "2023-11-14T22:13:20Z", lastTransitionTime: "2023-11-14T22:13:20Z" },
    },
  ]);
  // Figures that change are no reason to write.
  await tell([finding({ openedAt, summary: "other figures" })]);
  expect(writes).toBe(1);
  await tell([finding({ openedAt, closed })]);
  await tell([finding({ openedAt, closed })]);
  await tell([]);
  expect(writes).toBe(2);
  expect(conditionsOf("node-3")[1]).toMatchObject({
    ...{ status: "False", reason: "no_finding", lastTransitionTime: "2023-11-14T22:15:00Z" },
  });
});

test("of two findings the more certain one is shown, and a closed one beside an open one is not", async () => {
  const tell = await startTelling();
  const certain = finding({ id: "a", cause: "certain", confidence: 0.9 });
  await tell([
    certain,
    finding({ id: "b", cause: "doubtful", confidence: 0.5 }),
    finding({ id: "c", confidence: 0.99, closed }),
  ]);
  expect(conditionsOf("node-3")[1]).toMatchObject({ status: "True", reason: "certain" });
});

test("a pair, a node that has left, and an agent that does not lead change nothing", async () => {
  const tell = await startTelling();
  await tell([finding({ component: { kind: "pair", from: "node-3", to: "node-2" } })]);
  await tell([finding({ component: { kind: "node", node: "gone" } })]);
  leads = false;
  await tell([finding()]);
  expect(writes).toBe(0);
});

test("a new leader clears what the last one set", async () => {
  await (await startTelling())([finding()]);
  const next = await startTelling();
  await next([finding({ closed })]);
  expect(conditionsOf("node-3")[1]).toMatchObject({ status: "False" });
});
