import { createServer } from "../../src/server/server.ts";
import { testEdges } from "./edges.ts";

/** The endpoints of an agent called `nurse-b` on `node-b`, on a free port of 127.0.0.1. */
export async function startAgentServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer({
    config: {
      checks: {
        apiServerDirect: true,
        apiServerDns: true,
        meIngress: true,
        meService: true,
        neighbourhood: true,
      },
    },
    edges: testEdges({ listenAddress: "127.0.0.1" }),
    ports: { http: 0, https: 0 },
    sources: {
      latest: () => new Map(),
      view: () => ({ state: "fresh", peers: [] }),
      nodeHash: () => 0n,
      firstRunDone: () => true,
      ready: () => true,
      identity: () => ({ pod: "nurse-b", node: "node-b", nodeAddress: "192.0.2.2" }),
      retry: async () => ({ status: 403 }),
      metrics: {
        render: async () => "",
        contentType: "text/plain",
        incoming: { record() {}, count: () => 0 },
      },
    },
  });
  const { http } = await server.start();
  return { port: http, [Symbol.asyncDispose]: () => server.stop() };
}
