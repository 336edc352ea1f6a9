import { connect, isIPv4 } from "node:net";
import { type Agent, createAgent } from "../../src/agent.ts";
import { loadConfig } from "../../src/config/loadConfig.ts";
import type { Edges } from "../../src/edges.ts";
import { openDatagrams } from "../../src/realDatagrams.ts";
import { testEdges } from "./edges.ts";
import { nodeObject, podObject, startKubernetes, type TestKubernetes } from "./kubernetes.ts";

/** Agents on loopback and their API server. Agents listen on 8080 and 8443, so each test file needs addresses of its own. */
export interface TestAgents extends AsyncDisposable {
  readonly kubernetes: TestKubernetes;
  /** An agent on `node` at an address of its own that is not started yet, and its pod in the API. */
  create(
    node: string,
    address: string,
    environment?: Record<string, string>,
    replaced?: Partial<Edges>,
  ): Agent;
  start(...agent: Parameters<TestAgents["create"]>): Promise<Agent>;
  /** Adds a node with a pod on it, where no agent need be. */
  addPod(node: string, address: string): void;
}

export async function startTestAgents(): Promise<TestAgents> {
  const kubernetes = await startKubernetes();
  const { serviceAccountDirectory } = kubernetes;
  const started: Agent[] = [];

  const addPod: TestAgents["addPod"] = (node, address) => {
    kubernetes.api.store.create("nodes", nodeObject(node));
    kubernetes.api.store.create("pods", podObject(`nurse-${node}`, node, { status: { podIP: address } }));
  };
  const create: TestAgents["create"] = (node, address, environment = {}, replaced = {}) => {
    addPod(node, address);
    const { config } = loadConfig({
      ...kubernetes.environment,
      KUBERNETES_SERVICE_DNS: "localhost",
      KUBENURSE_NAMESPACE: "nurses",
      KUBENURSE_NEIGHBOUR_FILTER: "app=kubenurse",
      KUBENURSE_CHECK_INTERVAL: "200ms",
      KUBENURSE_SHUTDOWN_DURATION: "0",
      // The API server is called localhost here, which the system's resolver knows without its final dot only.
      KUBENURSE_CHECK_DNS: "false",
      ...environment,
    });
    const edges = testEdges({
      ...{ hostname: `nurse-${node}`, serviceAccountDirectory, listenAddress: address },
      openDatagrams: (options) => openDatagrams(options, address),
      // From the agent's own address, which only reaches its own family.
      connect: ({ address: host, port }) =>
        connect({ host, port, ...(isIPv4(host) && isIPv4(address) ? { localAddress: address } : {}) }),
      ...replaced,
    });
    return createAgent(config, edges);
  };
  return {
    ...{ kubernetes, addPod, create },
    async start(...of) {
      const agent = create(...of);
      await agent.start();
      started.push(agent);
      return agent;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.splice(0).map((agent) => agent.stop()));
      await kubernetes[Symbol.asyncDispose]();
    },
  };
}

export const get = (address: string, path: string) =>
  fetch(`http://${address}:8080${path}`, { redirect: "manual" });

export const metricsOf = async (address: string) => (await get(address, "/metrics")).text();

/** What an agent's `/alive` says of its checks. */
export async function checksOf(address: string): Promise<Record<string, unknown>> {
  const alive = (await (await get(address, "/alive")).json()) as {
    last_check_result: Record<string, unknown>;
  };
  return alive.last_check_result;
}
