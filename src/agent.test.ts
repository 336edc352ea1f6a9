import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testEdges } from "../test/peers/edges.ts";
import { eventually } from "../test/peers/eventually.ts";
import { startHttpPeer, startTcpPeer } from "../test/peers/httpPeer.ts";
import { nodeObject, podObject, startKubernetes, type TestKubernetes } from "../test/peers/kubernetes.ts";
import { type Agent, createAgent } from "./agent.ts";
import { loadConfig } from "./config/loadConfig.ts";

let kubernetes: TestKubernetes;
const started: Agent[] = [];

beforeEach(async () => {
  kubernetes = await startKubernetes();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((agent) => agent.stop()));
  await kubernetes[Symbol.asyncDispose]();
});

/** An agent on `node` at an address of its own, and its pod in the API. */
async function startAgent(
  node: string,
  address: string,
  environment: Record<string, string> = {},
): Promise<Agent> {
  const { store } = kubernetes.api;
  store.create("nodes", nodeObject(node));
  store.create("pods", podObject(`nurse-${node}`, node, { status: { podIP: address } }));
  const { config } = loadConfig({
    ...kubernetes.environment,
    KUBERNETES_SERVICE_DNS: "localhost",
    KUBENURSE_NAMESPACE: "nurses",
    KUBENURSE_NEIGHBOUR_FILTER: "app=kubenurse",
    KUBENURSE_CHECK_INTERVAL: "200ms",
    KUBENURSE_SHUTDOWN_DURATION: "0",
    ...environment,
  });
  const { serviceAccountDirectory } = kubernetes;
  const hostname = `nurse-${node}`;
  const edges = testEdges({
    ...{ hostname, serviceAccountDirectory, listenAddress: address },
    connect: ({ address: host, port }) => connect({ host, port, localAddress: address }),
  });
  const agent = createAgent(config, edges);
  await agent.start();
  started.push(agent);
  return agent;
}

const get = (address: string, path: string) => fetch(`http://${address}:8080${path}`, { redirect: "manual" });
const metricsOf = async (address: string) => (await get(address, "/metrics")).text();
const checksOf = async (address: string): Promise<Record<string, unknown>> =>
  ((await (await get(address, "/alive")).json()) as { last_check_result: Record<string, unknown> })
    .last_check_result;

describe("an agent", () => {
  it("checks the API server with its token, its Service and its ingress, and its neighbours", async () => {
    await using service = await startHttpPeer((_request, response) => response.end());
    const base = `http://127.0.0.1:${service.port}`;
    const urls = { KUBENURSE_SERVICE_URL: base, KUBENURSE_INGRESS_URL: `${base}/ingress` };
    await startAgent("a", "127.77.0.1", urls);
    await startAgent("b", "127.77.0.2", urls);
    await eventually(async () => {
      expect(await checksOf("127.77.0.1")).toMatchObject({
        api_server_direct: "ok",
        api_server_dns: "ok",
        me_ingress: "ok",
        me_service: "ok",
        neighbourhood_state: "ok",
        neighbourhood: [{ PodName: "nurse-b", PodIP: "127.77.0.2", NodeName: "b" }],
        path_b: "ok",
      });
    });
    expect(service.requests.map((request) => request.url)).toContain("/alwayshappy");
    expect(service.requests.map((request) => request.url)).toContain("/ingress/alwayshappy");
    await eventually(async () => {
      expect(await metricsOf("127.77.0.2")).toContain("kubenurse_neighbourhood_incoming_checks 1\n");
    });
    expect(await metricsOf("127.77.0.1")).not.toContain("kubenurse_errors_total");
  });

  it("skips what has no URL or is switched off, and waits with /alive for the first run", async () => {
    await startAgent("a", "127.77.0.1", {
      KUBENURSE_CHECK_API_SERVER_DNS: "false",
      KUBENURSE_CHECK_NEIGHBOURHOOD: "false",
    });
    expect((await get("127.77.0.1", "/alive")).status).toBe(500);
    await eventually(async () => expect((await get("127.77.0.1", "/alive")).status).toBe(200));
    expect(await checksOf("127.77.0.1")).toEqual({
      api_server_direct: "ok",
      api_server_dns: "skipped",
      me_ingress: "skipped",
      me_service: "skipped",
      neighbourhood_state: "skipped",
    });
  });

  it("counts an extra check's failure with the event of its phase", async () => {
    await using peer = await startTcpPeer((socket) => socket.resetAndDestroy());
    await startAgent("a", "127.77.0.1", { KUBENURSE_EXTRA_CHECKS: `bad:http://127.0.0.1:${peer.port}/` });
    await eventually(async () => {
      expect(await metricsOf("127.77.0.1")).toMatch(/kubenurse_errors_total\{type="bad",event="\w+"\} \d/);
    });
  });

  it("drops a neighbour whose pod ends while it is being checked, with its series", async () => {
    await startAgent("a", "127.77.0.1");
    let answers = true;
    await using neighbour = await startHttpPeer((_request, response) => void (answers && response.end()), {
      address: "127.77.0.2",
      port: 8080,
    });
    const { store } = kubernetes.api;
    store.create("nodes", nodeObject("b"));
    store.create("pods", podObject("nurse-b", "b", { status: { podIP: "127.77.0.2" } }));
    await eventually(async () => expect(await checksOf("127.77.0.1")).toHaveProperty("path_b", "ok"));
    answers = false;
    const asked = neighbour.requests.length;
    await eventually(() => expect(neighbour.requests.length).toBeGreaterThan(asked));
    store.remove("pods", "nurse-b", "nurses");
    await neighbour.allClosed();
    expect(await checksOf("127.77.0.1")).not.toHaveProperty("path_b");
    const metrics = await metricsOf("127.77.0.1");
    expect(metrics).not.toContain("path_b");
    expect(metrics).toContain('kubenurse_discarded_checks_total{why="peer-left"} 1');
  });

  it("leaves a new neighbour alone until it is ready, and then checks it at once", async () => {
    await startAgent("a", "127.77.0.1");
    await using neighbour = await startHttpPeer((_request, response) => response.end(), {
      address: "127.77.0.2",
      port: 8080,
    });
    const pod = podObject("nurse-b", "b", { status: { podIP: "127.77.0.2" } });
    const starting = {
      ...pod,
      spec: { nodeName: "b", containers: [{ readinessProbe: {} }] },
      status: {
        ...(pod.status as object),
        containerStatuses: [{ state: { running: { startedAt: new Date().toISOString() } } }],
      },
    };
    const { store } = kubernetes.api;
    store.create("nodes", nodeObject("b"));
    store.create("pods", starting);
    await eventually(async () => {
      expect(await checksOf("127.77.0.1")).toMatchObject({ neighbourhood: [{ PodName: "nurse-b" }] });
    });
    expect(neighbour.accepted).toBe(0);
    store.update("pods", "nurse-b", "nurses", (current) => ({
      ...current,
      status: { ...starting.status, conditions: [{ type: "Ready", status: "True" }] },
    }));
    await eventually(async () => expect(await checksOf("127.77.0.1")).toHaveProperty("path_b", "ok"));
  });

  it("turns unready when its node is cordoned", async () => {
    await startAgent("a", "127.77.0.1");
    await eventually(async () => expect((await get("127.77.0.1", "/ready")).status).toBe(200));
    kubernetes.api.store.update("nodes", "a", undefined, (node) => ({
      ...node,
      spec: { unschedulable: true },
    }));
    await eventually(async () => expect((await get("127.77.0.1", "/ready")).status).toBe(503));
  });

  it("goes on checking through a restart of the API server, and counts no error", async () => {
    await startAgent("a", "127.77.0.1");
    await startAgent("b", "127.77.0.2");
    await eventually(async () => expect(await checksOf("127.77.0.1")).toHaveProperty("path_b", "ok"));
    await kubernetes.api.stop();
    await eventually(async () => {
      const checks = await checksOf("127.77.0.1");
      expect(checks.api_server_direct).toMatch(/ECONNREFUSED/);
      expect(checks.neighbourhood_state).toMatch(/^stale since /);
      expect(checks.path_b).toBe("ok");
    });
    await kubernetes.api.start();
    await eventually(async () => {
      expect(await checksOf("127.77.0.1")).toMatchObject({
        api_server_direct: "ok",
        neighbourhood_state: "ok",
      });
    });
    const metrics = await metricsOf("127.77.0.1");
    expect(metrics).not.toContain("kubenurse_errors_total");
    expect(metrics).toMatch(/kubenurse_discarded_checks_total\{why="server-restarted"\} [1-9]/);
  });
});

describe("an agent's stop", () => {
  it("turns unready at once, serves on for the shutdown duration, and counts nothing of what was under way", async () => {
    await using silent = await startTcpPeer(() => {});
    const agent = await startAgent("a", "127.77.0.1", {
      KUBENURSE_EXTRA_CHECKS: `silent:http://127.0.0.1:${silent.port}/`,
      KUBENURSE_SHUTDOWN_DURATION: "1s",
    });
    await eventually(() => expect(silent.accepted).toBe(1));
    const stopped = agent.stop();
    await eventually(async () => expect((await get("127.77.0.1", "/ready")).status).toBe(503));
    expect((await get("127.77.0.1", "/alwayshappy")).status).toBe(200);
    const metrics = await metricsOf("127.77.0.1");
    expect(metrics).not.toContain("kubenurse_errors_total");
    expect(metrics).toMatch(/kubenurse_discarded_checks_total\{why="stopping"\} [1-9]/);
    await silent.allClosed();
    await stopped;
    await expect(get("127.77.0.1", "/ready")).rejects.toThrow();
  });
});

describe("an agent's start", () => {
  it("fails when its port is taken, and names address and port", async () => {
    await startAgent("a", "127.77.0.1");
    await expect(startAgent("b", "127.77.0.1")).rejects.toThrow(/127\.77\.0\.1.*8080/);
  });
});
