import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../test/peers/eventually.ts";
import { startHttpPeer } from "../../test/peers/httpPeer.ts";
import { checksOf, metricsOf, startTestAgents, type TestAgents } from "../../test/peers/testAgents.ts";

const own = "127.76.0.1";
const neighbour = { address: "127.76.0.2", port: 8080 };

let agents: TestAgents;
beforeAll(async () => {
  agents = await startTestAgents();
  agents.kubernetes.api.store.create("endpointslices", slice({ ready: true }));
  await agents.start("a", own, { KUBENURSE_DISCOVERY_SERVICE: "agents", KUBENURSE_NODE_NAME: "a" });
});
afterAll(() => agents[Symbol.asyncDispose]());
beforeEach(() => become({ ready: true }));

function slice(conditions: object) {
  const labels = { "kubernetes.io/service-name": "agents" };
  return {
    metadata: { name: "agents-1", namespace: "nurses", labels },
    addressType: "IPv4",
    endpoints: [
      { addresses: [neighbour.address], conditions, nodeName: "b", targetRef: { name: "nurse-b" } },
    ],
  };
}

function become(conditions: object): void {
  agents.kubernetes.api.store.update("endpointslices", "agents-1", "nurses", (old) => ({
    ...old,
    ...slice(conditions),
  }));
}

describe("a neighbour that turns unready", () => {
  it("is left alone when it answered until then, as the agent of a cordoned node does", async () => {
    await using _peer = await startHttpPeer((_request, response) => response.end(), neighbour);
    await eventually(async () => expect(await checksOf(own)).toHaveProperty("path_b", "ok"));
    become({ ready: false });
    await eventually(async () => expect(await checksOf(own)).not.toHaveProperty("path_b"));
  });

  it("stays checked when it failed before, as the agent of a dead node does, until it is told to leave", async () => {
    await eventually(async () => expect((await checksOf(own)).path_b).toMatch(/ECONNREFUSED/));
    become({ ready: false });
    const errors = async () =>
      Number(/errors_total\{type="path_b",event="connect_done"\} (\d+)/.exec(await metricsOf(own))?.[1] ?? 0);
    const before = await errors();
    await eventually(async () => expect(await errors()).toBeGreaterThan(before + 3));
    become({ ready: false, terminating: true });
    await eventually(async () => expect(await checksOf(own)).not.toHaveProperty("path_b"));
  });
});
