import { connect } from "node:net";
import { pino } from "pino";
import { type AgentTests, createAgentTests } from "../../src/checks/agentTests.ts";
import { createNodeAddresses } from "../../src/checks/nodeAddresses.ts";
import { answerRetry } from "../../src/checks/pairRetries.ts";
import { loadConfig } from "../../src/config/loadConfig.ts";
import type { Discovery } from "../../src/discovery/discovery.ts";
import type { Peer } from "../../src/discovery/peer.ts";
import type { Edges } from "../../src/edges.ts";
import { createTrust } from "../../src/probes/http/trust.ts";
import { createRetry } from "../../src/server/retry.ts";
import { createServer } from "../../src/server/server.ts";
import { testEdges } from "./edges.ts";

const checks = {
  apiServerDirect: true,
  apiServerDns: true,
  meIngress: true,
  meService: true,
  neighbourhood: true,
};

/** An agent's endpoints, and what it tests other agents with. */
interface MeshAgent {
  readonly edges: Edges;
  readonly tests: AgentTests;
  readonly discovery: Pick<Discovery, "view" | "ownNode">;
  readonly config: ReturnType<typeof loadConfig>["config"];
  readonly logged: { readonly msg: string; readonly [field: string]: unknown }[];
}

/** Agents called a, b, c, … on loopback that can reach each other, except over the links that a test breaks. */
export interface MeshAgents extends AsyncDisposable {
  agent(node: string): MeshAgent;
  /** What of these nodes every agent knows now. */
  readonly peers: Map<string, Peer>;
  /** From a node to a node's pod, or to a node's own address: whether the next connection finds no way. */
  isBroken: (from: string, to: string, over: "pod" | "node") => boolean;
}

/** Agents listen on 8080, so each test file needs a `network` of its own, such as 127.75. */
export async function startMeshAgents(
  network: string,
  nodes: readonly string[],
  environment: Record<string, string> = {},
): Promise<MeshAgents> {
  const { config } = loadConfig({ KUBENURSE_PAIRS_PER_SECOND: "50", ...environment });
  const peers = new Map(
    nodes.map((node, n) => [node, peerOn(node, `${network}.0.${n + 1}`, `${network}.1.${n + 1}`)]),
  );
  const agents = new Map<string, MeshAgent>();
  const servers = await Promise.all(
    nodes.map(async (node, n) => {
      const address = `${network}.0.${n + 1}`;
      const logged: MeshAgent["logged"] = [];
      const edges = testEdges({
        hostname: `nurse-${node}`,
        listenAddress: address,
        log: pino({}, { write: (line) => void logged.push(JSON.parse(line)) }),
        connect: ({ address: host, port }) => {
          const over = host.startsWith(`${network}.1.`) ? "node" : "pod";
          const to = nodes[Number(host.split(".")[3]) - 1] ?? "";
          if (all.isBroken(node, to, over)) return connect({ host: "127.255.255.255", port: 1 });
          return connect({ host, port, localAddress: address });
        },
      });
      const view = () =>
        ({ state: "fresh", peers: [...peers.values()].filter((peer) => peer.nodeName !== node) }) as const;
      const isAgent = (from: string) => view().peers.some(({ podIP }) => podIP === from);
      const discovery = { view, ownNode: () => ({ name: node, schedulable: true }) };
      const tests = createAgentTests(config, createTrust(true, []), createNodeAddresses());
      const retry = createRetry(
        {
          keys: config.mesh.keys,
          isAgent,
          answer: (question) =>
            answerRetry(question, view(), tests, { edges, signal: new AbortController().signal }),
        },
        edges.clock,
      );
      const server = createServer({
        config: { checks },
        edges,
        sources: {
          ...{ view, retry, latest: () => new Map(), nodeHash: () => 0n },
          ...{ firstRunDone: () => true, ready: () => true },
          identity: () => ({ pod: edges.hostname, node, nodeAddress: `${network}.1.${n + 1}` }),
          metrics: { render: async () => "", contentType: "", incoming: { record() {}, count: () => 0 } },
        },
      });
      await server.start();
      agents.set(node, { edges, tests, discovery, config, logged });
      return server;
    }),
  );
  const all: MeshAgents = {
    peers,
    isBroken: () => false,
    agent(node) {
      const agent = agents.get(node);
      if (agent === undefined) throw new Error(`no agent on ${node}`);
      return agent;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
  return all;
}

function peerOn(nodeName: string, podIP: string, hostIP: string): Peer {
  return { podName: `nurse-${nodeName}`, podIP, hostIP, nodeName, settledAt: 0 };
}
