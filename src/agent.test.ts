import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../test/peers/eventually.ts";
import { startHttpPeer, startTcpPeer } from "../test/peers/httpPeer.ts";
import { nodeObject, podObject, type TestKubernetes } from "../test/peers/kubernetes.ts";
import { checksOf, get, metricsOf, startTestAgents, type TestAgents } from "../test/peers/testAgents.ts";

let agents: TestAgents;
let kubernetes: TestKubernetes;

beforeEach(async () => {
  agents = await startTestAgents();
  kubernetes = agents.kubernetes;
});
afterEach(() => agents[Symbol.asyncDispose]());

describe("an agent", () => {
  it("checks the API server with its token, its Service and its ingress, and its neighbours", async () => {
    await using service = await startHttpPeer((_request, response) => response.end());
    const base = `http://127.0.0.1:${service.port}`;
    const urls = { KUBENURSE_SERVICE_URL: base, KUBENURSE_INGRESS_URL: `${base}/ingress` };
    await agents.start("a", "127.77.0.1", urls);
    await agents.start("b", "127.77.0.2", urls);
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
    await agents.start("a", "127.77.0.1", {
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
    await agents.start("a", "127.77.0.1", { KUBENURSE_EXTRA_CHECKS: `bad:http://127.0.0.1:${peer.port}/` });
    await eventually(async () => {
      expect(await metricsOf("127.77.0.1")).toMatch(/kubenurse_errors_total\{type="bad",event="\w+"\} \d/);
    });
  });

  it("drops a neighbour whose pod ends while it is being checked, and counts no error", async () => {
    await agents.start("a", "127.77.0.1");
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
    expect(metrics).not.toContain("kubenurse_errors_total");
    expect(metrics).toMatch(/kubenurse_discarded_checks_total\{why="peer-left"\} [1-9]/);
  });

  it("goes on counting for a node whose agent is replaced", async () => {
    await agents.start("a", "127.77.0.1");
    agents.addPod("b", "127.77.0.3");
    const errors = async () =>
      Number(/kubenurse_errors_total\{type="path_b",.*\} (\d+)/.exec(await metricsOf("127.77.0.1"))?.[1]);
    await eventually(async () => expect(await errors()).toBeGreaterThan(0));
    const { store } = kubernetes.api;
    store.remove("pods", "nurse-b", "nurses");
    await eventually(async () => expect(await checksOf("127.77.0.1")).not.toHaveProperty("path_b"));
    const before = await errors();
    expect(before).toBeGreaterThan(0);
    store.create("pods", podObject("nurse-b2", "b", { status: { podIP: "127.77.0.3" } }));
    await eventually(async () => expect(await checksOf("127.77.0.1")).toHaveProperty("path_b"));
    await eventually(async () => expect(await errors()).toBeGreaterThan(before));
  });

  it("leaves a new neighbour alone until it is ready, and then checks it at once", async () => {
    await agents.start("a", "127.77.0.1");
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
    await agents.start("a", "127.77.0.1");
    await eventually(async () => expect((await get("127.77.0.1", "/ready")).status).toBe(200));
    kubernetes.api.store.update("nodes", "a", undefined, (node) => ({
      ...node,
      spec: { unschedulable: true },
    }));
    await eventually(async () => expect((await get("127.77.0.1", "/ready")).status).toBe(503));
  });

  it("goes on checking through a restart of the API server, and counts no error", async () => {
    await agents.start("a", "127.77.0.1");
    await agents.start("b", "127.77.0.2");
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
