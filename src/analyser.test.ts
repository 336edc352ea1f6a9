import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { testEdges } from "../test/peers/edges.ts";
import { get, metricsOf } from "../test/peers/testAgents.ts";
import { type Analyser, createAnalyser } from "./analyser.ts";
import { loadConfig } from "./config/loadConfig.ts";
import { agentEnvironment } from "./demo/agentEnvironment.ts";
import { type DemoCluster, startDemoCluster } from "./demo/cluster.ts";
import type { FindingsAnswer } from "./server/answers.ts";

const environment = { KUBENURSE_DIAGNOSIS: "report", KUBENURSE_CHECK_INTERVAL: "1s" };
let cluster: DemoCluster;
const running = new Set<Analyser>();

/** A finding takes some windows of five seconds. */
const soon = <Value>(expectation: () => Value | Promise<Value>) =>
  vi.waitFor(expectation, { timeout: 60_000, interval: 100 });

beforeAll(async () => {
  cluster = await startDemoCluster({ nodes: 5, environment });
}, 30_000);
afterEach(async () => {
  cluster.faults.heal();
  await Promise.all([...running].map((analyser) => analyser.stop()));
  running.clear();
});
afterAll(() => cluster.stop());

function create(number: number, more: Record<string, string> = {}): Analyser & { readonly address: string } {
  const address = cluster.addresses.pod(90, number);
  const { config } = loadConfig({ ...agentEnvironment(cluster.addresses, false), ...environment, ...more });
  const edges = testEdges({
    ...{ hostname: `analyse-${number}`, listenAddress: address, localAddresses: () => [address] },
    serviceAccountDirectory: cluster.directory,
  });
  const analyser = createAnalyser(config, edges);
  running.add(analyser);
  return { ...analyser, address };
}

const findingsOf = async (address: string) =>
  (await (await get(address, "/api/v1/findings")).json()) as FindingsAnswer;

test("leads agents that only report, and hands an open finding over to the next one when it stops", async () => {
  const first = create(1);
  const second = create(2);
  await first.start();
  await soon(() => expect(first.diagnosis.leadership()).toEqual({ state: "self" }));
  await second.start();
  await soon(() => expect(second.diagnosis.leadership()).toMatchObject({ state: "peer", pod: "analyse-1" }));
  await soon(async () => expect((await findingsOf(first.address)).analysis.reporters).toBe(5));
  expect((await findingsOf(first.address)).open).toEqual([]);

  cluster.faults.add({ kind: "dead-node", node: "node-3" });
  const found = await soon(async () => {
    const { analysis, open } = await findingsOf(cluster.node("node-1").address);
    expect(analysis).toMatchObject({ source: "leader", pod: "analyse-1", agents: 5 });
    expect(open).toMatchObject([{ component: { kind: "node", node: "node-3" } }]);
    return open;
  });
  const idsAt = async (address: string) => (await findingsOf(address)).open.map(({ id }) => id);
  expect(await idsAt(second.address)).toEqual(found.map(({ id }) => id));

  await first.stop();
  await expect(get(first.address, "/ready")).rejects.toThrow();
  await soon(async () => {
    const { analysis, open } = await findingsOf(second.address);
    expect(analysis).toMatchObject({ source: "leader", pod: "analyse-2", reporters: 4 });
    expect(open).toMatchObject(found.map(({ id, openedAt }) => ({ id, openedAt })));
  });
  expect(second.diagnosis.opened()).toBe(0);
  expect(cluster.node("node-1").diagnosis?.leadership()).toMatchObject({ state: "peer", pod: "analyse-2" });
}, 200_000);

test("serves its findings and no series of an agent", async () => {
  const analyser = create(3);
  await analyser.start();
  await soon(() => expect(analyser.diagnosis.leadership()).toEqual({ state: "self" }));
  expect((await get(analyser.address, "/ready")).status).toBe(200);
  expect((await get(analyser.address, "/alwayshappy")).status).toBe(200);
  await soon(async () => expect((await get(analyser.address, "/alive")).status).toBe(200));
  const metrics = await metricsOf(analyser.address);
  expect(metrics).toContain("kubenurse_leader 1\n");
  expect(metrics).toContain("kubenurse_discovery_stale_seconds 0\n");
  expect(metrics).not.toMatch(/kubenurse_(peers|build_info|node_info|discarded|neighbourhood)/);
  await soon(async () => expect(await metricsOf(analyser.address)).toContain("kubenurse_reporters 5\n"));
  expect(await metricsOf(cluster.node("node-1").address)).toContain("kubenurse_peers 4\n");
  const stranger = await fetch(`http://${analyser.address}:8080/api/v1/reports`, {
    method: "POST",
    body: "x",
  });
  expect(stranger.status).toBe(403);
}, 60_000);

test("ends a start that is under way", async () => {
  const analyser = create(4);
  const starting = analyser.start();
  await analyser.stop();
  await starting;
  await expect(get(analyser.address, "/ready")).rejects.toThrow();
});

test.each(["alone", "off"])("refuses to start where agents have the diagnosis %s", async (mode) => {
  const refused = create(5, { KUBENURSE_DIAGNOSIS: mode }).start();
  await expect(refused).rejects.toThrow(
    `KUBENURSE_DIAGNOSIS: got "${mode}", with which agents report to nobody`,
  );
});

test("refuses to start where it can't know whom to lead", async () => {
  const refused = create(6, { KUBENURSE_NAMESPACE: "" }).start();
  await expect(refused).rejects.toThrow("KUBENURSE_NAMESPACE: not set");
});
