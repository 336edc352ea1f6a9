import { connect } from "node:net";
import { pino } from "pino";
import { loadConfig } from "../../src/config/loadConfig.ts";
import { createDelivery, type Delivery } from "../../src/diagnosis/delivery.ts";
import type { Report } from "../../src/diagnosis/report.ts";
import type { Leadership } from "../../src/diagnosis/view.ts";
import type { Peer } from "../../src/discovery/peer.ts";
import type { Edges } from "../../src/edges.ts";
import { createTrust } from "../../src/probes/http/trust.ts";
import { createReports } from "../../src/server/reports.ts";
import { createServer } from "../../src/server/server.ts";
import { fastClock, testEdges } from "./edges.ts";

interface ReportAgent {
  readonly delivery: Delivery;
  /** Reports that this one took as the leader. */
  readonly taken: Report[];
  readonly logged: string[];
}

/** Agents called a, b, c, … on loopback that bring their reports to the one that leads. */
export interface ReportAgents extends AsyncDisposable {
  agent(node: string): ReportAgent;
  urlOf(node: string): URL;
  /** Who leads, as an agent sees it. */
  leadership: (node: string) => Leadership;
  /** From a node to a node: whether the next connection finds no way. */
  isBroken: (from: string, to: string) => boolean;
  /** Connections tried, such as `a-b`. */
  readonly connections: string[];
  /** Lets the agents' clocks go on by so many seconds at once. */
  skip(seconds: number): void;
}

/** Agents listen on 8080, so each test file needs a `network` of its own, such as 127.78. */
export async function startReportAgents(
  network: string,
  nodes: readonly string[],
  environment: Record<string, string> = {},
): Promise<ReportAgents> {
  const { config } = loadConfig(environment);
  const peers = nodes.map(
    (nodeName, n): Peer => ({
      ...{ nodeName, podName: `nurse-${nodeName}`, podIP: `${network}.0.${n + 1}`, hostIP: "", settledAt: 0 },
    }),
  );
  const addressOf = (node: string) => peers.find(({ nodeName }) => nodeName === node)?.podIP ?? "";
  const real = fastClock(2);
  let skipped = 0;
  const clock = { ...real, now: () => real.now() + skipped, wallNow: () => real.wallNow() + skipped };
  const agents = new Map<string, ReportAgent>();

  const start = async (node: string) => {
    const logged: string[] = [];
    const edges: Edges = testEdges({
      clock,
      random: () => 0.01,
      hostname: `nurse-${node}`,
      log: pino({}, { write: (line) => void logged.push(JSON.parse(line).msg) }),
      listenAddress: addressOf(node),
      connect({ address, port }) {
        const to = peers.find(({ podIP }) => podIP === address)?.nodeName ?? address;
        all.connections.push(`${node}-${to}`);
        if (all.isBroken(node, to)) return connect({ host: "127.255.255.255", port: 1 });
        return connect({ host: address, port, localAddress: addressOf(node) });
      },
    });
    const taken: Report[] = [];
    const delivery = createDelivery({
      ...{ config, edges, trust: createTrust(true, []), onReport: (report: Report) => taken.push(report) },
      leadership: () => all.leadership(node),
      peers: () => peers.filter(({ nodeName }) => nodeName !== node),
    });
    const reports = createReports(
      {
        ...{ keys: config.mesh.keys, receive: delivery.receive },
        isAgent: (address) => peers.some(({ podIP }) => podIP === address),
        areAgentsKnown: () => true,
        isAgentNode: (name) => peers.some(({ nodeName }) => nodeName === name),
      },
      clock,
    );
    const server = createServer({
      config,
      edges,
      sources: {
        ...{
          reports,
          firstRunDone: () => true,
          ready: () => true,
          latest: () => new Map(),
          nodeHash: () => 0n,
        },
        retry: async () => ({ status: 403 }),
        view: () => ({ state: "fresh", peers: [] }),
        identity: () => ({ pod: edges.hostname, node }),
        metrics: { render: async () => "", contentType: "", incoming: { record() {}, count: () => 0 } },
      },
    });
    await server.start();
    agents.set(node, { delivery, taken, logged });
    return server;
  };

  const all: ReportAgents = {
    leadership: () => ({ state: "none" }),
    isBroken: () => false,
    connections: [],
    urlOf: (node) => new URL(`http://${addressOf(node)}:8080/`),
    agent(node) {
      const agent = agents.get(node);
      if (agent === undefined) throw new Error(`no agent on ${node}`);
      return agent;
    },
    skip(seconds) {
      skipped += seconds;
    },
    async [Symbol.asyncDispose]() {
      for (const { delivery } of agents.values()) delivery.stop();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
  const servers = await Promise.all(nodes.map(start));
  return all;
}
