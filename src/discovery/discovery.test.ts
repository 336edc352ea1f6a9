import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fastClock, testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { nodeObject, podObject, startKubernetes, type TestKubernetes } from "../../test/peers/kubernetes.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes } from "./connection.ts";
import { type Discovery, startDiscovery } from "./discovery.ts";

let kubernetes: TestKubernetes;
let ending: AbortController;

beforeEach(async () => {
  kubernetes = await startKubernetes();
  ending = new AbortController();
  const { store } = kubernetes.api;
  for (const name of ["node-a", "node-b", "node-c"]) store.create("nodes", nodeObject(name));
  store.create("pods", podObject("this-agent", "node-a"));
  store.create("pods", podObject("nurse-b", "node-b"));
});

afterEach(async () => {
  ending.abort();
  await kubernetes[Symbol.asyncDispose]();
});

/** Back-off and silence are ten times as short. */
async function discover(
  environment: Record<string, string> = {},
  warnings: string[] = [],
): Promise<Discovery> {
  const { config } = loadConfig({
    ...kubernetes.environment,
    KUBENURSE_NAMESPACE: "nurses",
    KUBENURSE_NEIGHBOUR_FILTER: "app=kubenurse",
    ...environment,
  });
  const edges = testEdges({
    clock: fastClock(10),
    serviceAccountDirectory: kubernetes.serviceAccountDirectory,
  });
  edges.log.warn = (_details: object, message?: string) => void warnings.push(message ?? "");
  edges.log.info = (message: string) => void warnings.push(message);
  const connection = await connectToKubernetes(config, kubernetes.serviceAccountDirectory);
  return startDiscovery(config, edges, connection, () => {}, ending.signal);
}

const podNames = (discovery: Discovery) => {
  const view = discovery.view();
  return "peers" in view ? view.peers.map((peer) => peer.podName).sort() : view;
};

describe("discovery", () => {
  it("knows the running agents of other nodes, and the own node", async () => {
    const { store } = kubernetes.api;
    const conditions = [{ type: "Ready", status: "True" }];
    store.create("pods", podObject("nurse-c", "node-c", { status: { conditions } }));
    store.create("pods", podObject("pending", "node-c", { status: { phase: "Pending" } }));
    store.create(
      "pods",
      podObject("ending", "node-c", { metadata: { deletionTimestamp: "2026-01-02T00:00:00Z" } }),
    );
    store.create("pods", podObject("other-app", "node-c", { metadata: { labels: { app: "other" } } }));
    store.create("pods", podObject("elsewhere", "node-c", { metadata: { namespace: "other" } }));
    const discovery = await discover();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b", "nurse-c"]));
    const view = discovery.view();
    expect("peers" in view && view.peers.map(({ podName, ready }) => [podName, ready]).sort()).toEqual([
      ["nurse-b", false],
      ["nurse-c", true],
    ]);
    expect(discovery.ownNode()).toEqual({ name: "node-a", schedulable: true });
  });

  it("knows who may report where neighbours are not checked, and follows nobody where nobody reports", async () => {
    const unchecked = { KUBENURSE_CHECK_NEIGHBOURHOOD: "false", KUBENURSE_NODE_NAME: "node-a" };
    const led = await discover(unchecked);
    expect([led.areAgentsKnown(), led.isAgentNode("nowhere")]).toEqual([false, true]);
    await eventually(() => expect(led.areAgentsKnown()).toBe(true));
    expect(["node-b", "nowhere"].map(led.isAgentNode)).toEqual([true, false]);
    kubernetes.api.store.update("nodes", "node-a", undefined, (node) => ({
      ...node,
      spec: { unschedulable: true },
    }));
    const alone = await discover({ ...unchecked, KUBENURSE_DIAGNOSIS: "off" });
    await eventually(() => expect(alone.ownNode()).toMatchObject({ schedulable: false }));
    expect(alone.areAgentsKnown()).toBe(false);
  });

  it("follows agents that come, end and go", async () => {
    const { store } = kubernetes.api;
    const discovery = await discover();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
    store.create("pods", podObject("nurse-c", "node-c"));
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b", "nurse-c"]));
    store.update("pods", "nurse-b", "nurses", (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: "2026-01-02T00:00:00Z" },
    }));
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-c"]));
    store.remove("pods", "nurse-c", "nurses");
    await eventually(() => expect(podNames(discovery)).toEqual([]));
  });

  it.each([
    ["unschedulable", { unschedulable: true }],
    ["tainted as such", { taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] }],
    ["about to be removed", { taints: [{ key: "ToBeDeletedByClusterAutoscaler", effect: "NoSchedule" }] }],
  ])("leaves out agents on a node that is %s, and sees the same of its own", async (_how, spec) => {
    const { store } = kubernetes.api;
    const discovery = await discover();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
    store.update("nodes", "node-b", undefined, (node) => ({ ...node, spec }));
    store.update("nodes", "node-a", undefined, (node) => ({ ...node, spec }));
    await eventually(() => expect(podNames(discovery)).toEqual([]));
    expect(discovery.ownNode()).toEqual({ name: "node-a", schedulable: false });
  });

  it("knows a peer's zone by its node", async () => {
    kubernetes.api.store.update("nodes", "node-b", undefined, (node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { "topology.kubernetes.io/zone": "zone-2" } },
    }));
    const discovery = await discover();
    await eventually(() => expect(discovery.view()).toMatchObject({ peers: [{ zone: "zone-2" }] }));
  });

  it("leaves out agents on a node that is gone", async () => {
    const discovery = await discover();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
    kubernetes.api.store.remove("nodes", "node-b");
    await eventually(() => expect(podNames(discovery)).toEqual([]));
  });

  it("keeps agents on unschedulable nodes where that is allowed, and then follows the own node only", async () => {
    const { store } = kubernetes.api;
    store.update("nodes", "node-b", undefined, (node) => ({ ...node, spec: { unschedulable: true } }));
    const discovery = await discover({ KUBENURSE_ALLOW_UNSCHEDULABLE: "true" });
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
    store.update("nodes", "node-a", undefined, (node) => ({ ...node, spec: { unschedulable: true } }));
    await eventually(() => expect(discovery.ownNode().schedulable).toBe(false));
  });

  it("works without the permission to see nodes, and says so once", async () => {
    kubernetes.api.forbid("nodes");
    const warnings: string[] = [];
    const discovery = await discover({}, warnings);
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
    expect(discovery.ownNode()).toEqual({ name: "node-a", schedulable: true });
    expect(warnings).toEqual(["not permitted to watch nodes: every node counts as schedulable"]);
  });

  it("says why it knows nothing while it is not permitted to list pods", async () => {
    kubernetes.api.forbid("pods");
    const discovery = await discover();
    await eventually(() =>
      expect(discovery.view()).toEqual({ state: "unknown", error: expect.stringContaining("forbidden") }),
    );
  });

  it("waits for an API server that is away at the start", async () => {
    await kubernetes.api.stop();
    const discovery = await discover();
    await eventually(() =>
      expect(discovery.view()).toMatchObject({
        state: "unknown",
        error: expect.stringContaining("ECONNREFUSED"),
      }),
    );
    await kubernetes.api.start();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
  });

  it("keeps its view through a restart of the API server, says since when it is stale, and goes on", async () => {
    const discovery = await discover();
    await eventually(() => expect(discovery.view().state).toBe("fresh"));
    await kubernetes.api.stop();
    await eventually(() =>
      expect(discovery.view()).toMatchObject({ state: "stale", since: expect.any(Number) }),
    );
    expect(podNames(discovery)).toEqual(["nurse-b"]);
    kubernetes.api.store.create("pods", podObject("nurse-c", "node-c"));
    await kubernetes.api.start();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b", "nurse-c"]));
    await eventually(() => expect(discovery.view().state).toBe("fresh"));
  });

  it("notices an API server that no longer says anything", async () => {
    const discovery = await discover();
    await eventually(() => expect(discovery.view().state).toBe("fresh"));
    kubernetes.api.hang();
    await eventually(() =>
      expect(discovery.view()).toMatchObject({
        state: "stale",
        error: expect.stringContaining("nothing heard"),
      }),
    );
    kubernetes.api.resume();
    await eventually(() => expect(discovery.view().state).toBe("fresh"));
  });

  it("uses a token that was rotated meanwhile", async () => {
    await writeFile(join(kubernetes.serviceAccountDirectory, "token"), "wrong");
    const discovery = await discover();
    await eventually(() =>
      expect(discovery.view()).toMatchObject({
        state: "unknown",
        error: expect.stringMatching(/[Uu]nauthorized/),
      }),
    );
    await writeFile(join(kubernetes.serviceAccountDirectory, "token"), "test-token");
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
  });
});

describe("what the log says of discovery", () => {
  it("is one line when the API server is lost and one when it is back", async () => {
    const lines: string[] = [];
    const discovery = await discover({}, lines);
    await eventually(() => expect(discovery.view().state).toBe("fresh"));
    await kubernetes.api.stop();
    await eventually(() => expect(lines).toHaveLength(2));
    await kubernetes.api.start();
    await eventually(() => expect(lines).toHaveLength(4));
    expect(lines.sort()).toEqual([
      "can't follow agents",
      "can't follow nodes",
      "following agents again",
      "following nodes again",
    ]);
  });
});

describe("discovery by EndpointSlices", () => {
  const byService = { KUBENURSE_DISCOVERY_SERVICE: "agents", KUBENURSE_NODE_NAME: "node-a" };
  const endpoint = (node: string, conditions: object = { ready: true }) => ({
    addresses: [`10.0.1.${node.charCodeAt(5)}`],
    conditions,
    nodeName: node,
    zone: `zone-of-${node}`,
    targetRef: { kind: "Pod", name: `nurse-of-${node}` },
  });
  const slice = (...endpoints: object[]) => ({
    metadata: { name: "agents-1", namespace: "nurses", labels: { "kubernetes.io/service-name": "agents" } },
    addressType: "IPv4",
    endpoints,
  });

  it("knows the ready agents with their zones, and watches its own node only", async () => {
    const { store } = kubernetes.api;
    kubernetes.api.forbid("pods");
    store.update("nodes", "node-a", undefined, (node) => ({
      ...node,
      metadata: { ...node.metadata, labels: { "topology.kubernetes.io/zone": "zone-1" } },
    }));
    const own = { ...endpoint("node-a"), targetRef: { name: "this-agent" } };
    store.create("endpointslices", slice(own, endpoint("node-b"), endpoint("node-c", { ready: false })));
    const discovery = await discover(byService);
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-of-node-b"]));
    expect(discovery.view()).toMatchObject({
      peers: [{ nodeName: "node-b", zone: "zone-of-node-b", ready: true }],
    });
    await eventually(() =>
      expect(discovery.ownNode()).toEqual({ name: "node-a", zone: "zone-1", schedulable: true }),
    );
    store.update("nodes", "node-a", undefined, (node) => ({ ...node, spec: { unschedulable: true } }));
    await eventually(() => expect(discovery.ownNode().schedulable).toBe(false));
  });

  it("follows an agent that becomes ready, ends and goes with its slice", async () => {
    const { store } = kubernetes.api;
    const become = (conditions: object) =>
      store.update("endpointslices", "agents-1", "nurses", (old) => ({
        ...old,
        endpoints: [endpoint("node-b", conditions)],
      }));
    store.create("endpointslices", slice(endpoint("node-b", { ready: false })));
    const discovery = await discover(byService);
    await eventually(() => expect(discovery.view()).toMatchObject({ state: "fresh", peers: [] }));
    become({ ready: true });
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-of-node-b"]));
    become({ ready: true, terminating: true });
    await eventually(() => expect(podNames(discovery)).toEqual([]));
    become({});
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-of-node-b"]));
    store.remove("endpointslices", "agents-1", "nurses");
    await eventually(() => expect(podNames(discovery)).toEqual([]));
  });

  it("takes the own zone from the slice where the node can't be read", async () => {
    kubernetes.api.forbid("nodes");
    const own = { ...endpoint("node-a"), targetRef: { name: "this-agent" } };
    kubernetes.api.store.create("endpointslices", slice(own));
    const discovery = await discover(byService);
    await eventually(() =>
      expect(discovery.ownNode()).toEqual({ name: "node-a", zone: "zone-of-node-a", schedulable: true }),
    );
  });

  it("tells unready agents apart, and counts a dual-stack agent once, by its IPv4 address", async () => {
    const { store } = kubernetes.api;
    const sixth = { ...endpoint("node-b"), addresses: ["fd00::1"] };
    const other = slice(sixth);
    store.create("endpointslices", { ...other, metadata: { ...other.metadata, name: "agents-0" } });
    store.create("endpointslices", slice(endpoint("node-b"), endpoint("node-c", { ready: false })));
    const discovery = await discover(byService);
    await eventually(() =>
      expect(discovery.view()).toMatchObject({
        peers: [{ nodeName: "node-b", podIP: "10.0.1.98" }],
        unready: [{ nodeName: "node-c" }],
      }),
    );
  });

  it("keeps unready agents where those on unschedulable nodes are allowed", async () => {
    kubernetes.api.store.create("endpointslices", slice(endpoint("node-b", { ready: false })));
    const discovery = await discover({ ...byService, KUBENURSE_ALLOW_UNSCHEDULABLE: "true" });
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-of-node-b"]));
    expect(discovery.view()).toMatchObject({ peers: [{ ready: false }] });
  });
});

describe.each(["status", "event"] as const)("a watch that is too old (410 as %s)", (goneAs) => {
  it("is replaced by a new list", async () => {
    await kubernetes[Symbol.asyncDispose]();
    kubernetes = await startKubernetes({ goneAs });
    const { api } = kubernetes;
    api.store.create("nodes", nodeObject("node-b"));
    api.store.create("pods", podObject("nurse-b", "node-b"));
    const discovery = await discover();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-b"]));
    await api.stop();
    api.store.remove("pods", "nurse-b", "nurses");
    api.store.create("pods", podObject("nurse-c", "node-b"));
    api.dropHistory();
    await api.start();
    await eventually(() => expect(podNames(discovery)).toEqual(["nurse-c"]));
    await eventually(() => expect(discovery.view().state).toBe("fresh"));
  });
});
