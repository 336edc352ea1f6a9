import { expect, test, vi } from "vitest";
import { startDemoCluster } from "./cluster.ts";

vi.setConfig({ testTimeout: 120_000 });
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

test("a node whose Services are stale misses the new endpoint and says so alone, until it is up to date again", async () => {
  // A Service's check makes two connections in each interval, and is sure of a miss after some thirty.
  const environment = { KUBENURSE_CHECK_INTERVAL: "500ms", KUBENURSE_CHECK_SERVICE_ENDPOINTS: "true" };
  await using cluster = await startDemoCluster({ nodes: 3, environment });
  const latest = () =>
    cluster.nodes().map(({ name, results }) => [name, results?.latest().get("me_service_address")] as const);
  const states = () => latest().map(([name, latest]) => `${name} ${latest?.state}`);
  await eventually(() => expect(states()).toEqual(["node-1 ok", "node-2 ok", "node-3 ok"]));

  cluster.faults.add({ kind: "stale-proxy", node: "node-2" });
  const { podName } = await cluster.addNode();
  await eventually(() => expect(states()).toEqual(["node-1 ok", "node-2 failed", "node-3 ok", "node-4 ok"]));
  expect(latest()[1]?.[1]).toMatchObject({ detail: expect.stringContaining(podName) });

  cluster.faults.heal();
  await eventually(() => expect(states()).toEqual(["node-1 ok", "node-2 ok", "node-3 ok", "node-4 ok"]));
});
