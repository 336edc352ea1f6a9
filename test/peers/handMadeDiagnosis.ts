import type { Finding } from "../../src/diagnosis/finding.ts";
import type { Flow, Report } from "../../src/diagnosis/report.ts";
import type { AnalysisView, DiagnosisView, Leadership } from "../../src/diagnosis/view.ts";
import { createApi } from "../../src/server/api.ts";
import { createServer } from "../../src/server/server.ts";
import { testEdges } from "./edges.ts";

/** Unix seconds of the newest window. */
const until = Math.floor(Date.now() / 5000) * 5;

export function finding(changed: Partial<Finding> = {}): Finding {
  return {
    id: "f1a2b3",
    component: { kind: "node", node: "node-3" },
    layer: "any",
    cause: "node_down",
    otherCauses: [],
    otherComponents: [],
    confidence: 0.97,
    fewReporters: false,
    openedAt: until - 90,
    lastSeenAt: until,
    evidence: {
      ...{ windowSeconds: 10, until, loss: 1, score: 81.5, bad: 18, probes: 18 },
      ...{ reporters: ["node-1", "node-2", "node-4"], reporterCount: 3, explainedCount: 2 },
      explained: [
        {
          ...{ node: "node-1", probe: "http", target: { kind: "node", node: "node-3" } },
          ...{ good: 0, bad: { connect_timeout: 2 } },
        },
        {
          ...{ node: "node-2", probe: "http", target: { kind: "service", via: "new" } },
          ...{ good: 1, bad: { connect_timeout: 1 } },
        },
      ],
    },
    summary: "Node node-3 answers nobody and reports nothing: 18 of 18 attempts of 3 nodes failed.",
    checkNext: ["kubectl get node node-3", "the node's console"],
    ...changed,
  };
}

function flow(node: string, good: number, lost = 0): Flow {
  return {
    ...{ probe: "http", target: { kind: "node", node }, good, discarded: 0 },
    bad: lost > 0 ? { connect_timeout: lost } : {},
    ...(good > 0 && { latency: { 20: good } }),
  };
}

/** One window of an agent's; it is in zone-1 or zone-2. */
export function report(n: number, flows: readonly Flow[], changed: Partial<Report> = {}): Report {
  return {
    ...{ version: 1, node: `node-${n}`, zone: `zone-${(n % 2) + 1}`, pod: `nurse-${n}`, sequence: 1 },
    ...{ from: until - 5, until, flows },
    health: { loopDelaySeconds: 0.002, throttledShare: 0, discardedShare: 0, selfReachable: true },
    ...changed,
  };
}

/** Four nodes, of which node-3 is dead: it reports nothing, and nobody reaches it. */
export const deadNode: AnalysisView = {
  ...{ until, durationSeconds: 0.012, open: [finding()] },
  closed: [finding({ id: "e0e0e0", openedAt: until - 900, closed: { at: until - 600, why: "recovered" } })],
  reports: [1, 2, 4].map((n) =>
    report(
      n,
      [1, 2, 3, 4]
        .filter((to) => to !== n)
        .map((to) => (to === 3 ? flow("node-3", 0, 2) : flow(`node-${to}`, 2))),
    ),
  ),
};

export const healthy: AnalysisView = {
  ...{ until, durationSeconds: 0.012, open: [], closed: [] },
  reports: [1, 2, 3, 4].map((n) =>
    report(
      n,
      [1, 2, 3, 4].filter((to) => to !== n).map((to) => flow(`node-${to}`, 2)),
    ),
  ),
};

/** The view of an agent that leads, unless it says otherwise. */
export function viewOf(
  analysis: AnalysisView | undefined,
  leadership: Leadership = { state: "self" },
  clockOffsets: Readonly<Record<string, number>> = {},
): DiagnosisView {
  return {
    leadership: () => leadership,
    analysis: () => analysis,
    agentNodes: () => ["node-1", "node-2", "node-3", "node-4"],
    clockOffset: (node) => clockOffsets[node],
    opened: () => 2,
    received: () => ({ accepted: 12, late: 1 }),
  };
}

/** The endpoints of agent `nurse-<n>` with that view, on a free port of 127.0.0.1. */
export async function startDiagnosisServer(
  view: DiagnosisView | undefined,
  n = 1,
): Promise<AsyncDisposable & { readonly url: URL; readonly port: number }> {
  const edges = testEdges({ listenAddress: "127.0.0.1" });
  const identity = () => ({ pod: `nurse-${n}`, node: `node-${n}`, nodeAddress: "192.0.2.2" });
  const off = { apiServerDirect: false, apiServerDns: false, meIngress: false, meService: false };
  const server = createServer({
    config: { checks: { ...off, neighbourhood: false } },
    edges,
    ports: { http: 0, https: 0 },
    sources: {
      latest: () => new Map(),
      view: () => ({ state: "fresh", peers: [] }),
      nodeHash: () => 0n,
      firstRunDone: () => true,
      ready: () => true,
      identity,
      retry: async () => ({ status: 403 }),
      metrics: {
        render: async () => "",
        contentType: "text/plain",
        incoming: { record() {}, count: () => 0 },
      },
      ...(view !== undefined && { api: createApi(view, identity, edges) }),
    },
  });
  const { http: port } = await server.start();
  return {
    port,
    url: new URL(`http://127.0.0.1:${port}`),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
