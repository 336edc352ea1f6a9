import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it, test } from "vitest";
import { smallReport } from "../../test/peers/agentReport.ts";
import { testEdges } from "../../test/peers/edges.ts";
import type { Brought } from "../diagnosis/postReport.ts";
import type { Report } from "../diagnosis/report.ts";
import { encodeReport } from "../diagnosis/reportCodec.ts";
import { topologyOf } from "../diagnosis/topology.ts";
import { createWindows } from "../diagnosis/windows.ts";
import { sign } from "../mesh/signature.ts";
import { createReports, type ReportSources } from "./reports.ts";
import { createServer, type Server, type ServerOptions } from "./server.ts";

const agent = "127.77.0.2";
const edges = testEdges({ listenAddress: "127.77.0.1" });
let server: Server;
let port: number;
let received: { report: Report; forward: boolean }[];
let brought: Brought;
beforeEach(() => {
  received = [];
  brought = "taken";
});
afterEach(() => server.stop());

async function start(replaced: Partial<ReportSources> = {}): Promise<void> {
  const sources: ReportSources = {
    keys: [],
    isAgent: (address) => address === agent || address === "127.77.0.3",
    areAgentsKnown: () => true,
    isAgentNode: (node) => node.startsWith("node-"),
    async receive(report, _signed, forward) {
      received.push({ report, forward });
      return brought;
    },
    ...replaced,
  };
  const unused = { firstRunDone: () => true, ready: () => true, latest: () => new Map(), nodeHash: () => 0n };
  const options: ServerOptions = {
    config: {
      checks: {
        apiServerDirect: true,
        apiServerDns: true,
        meIngress: true,
        meService: true,
        neighbourhood: true,
      },
    },
    ports: { http: 0, https: 0 },
    edges,
    sources: {
      ...unused,
      reports: createReports(sources, edges.clock),
      retry: async () => ({ status: 403 }),
      view: () => ({ state: "fresh", peers: [] }),
      identity: () => ({ pod: "nurse-a" }),
      metrics: { render: async () => "", contentType: "", incoming: { record() {}, count: () => 0 } },
    },
  };
  server = createServer(options);
  port = (await server.start()).http;
}

/** Posts a body from an agent's address, unless told otherwise, and resolves to the answer's status. */
function send(body: Uint8Array, { from = agent, query = "", headers = {} } = {}): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const to = { host: "127.77.0.1", port, localAddress: from, agent: false };
  request({ ...to, method: "POST", path: `/api/v1/reports${query}`, headers }, (response) => {
    response.resume().once("end", () => resolve(response.statusCode ?? 0));
  })
    .on("error", reject)
    .end(body);
  return promise;
}

const report = smallReport();
const body = encodeReport(report);

it("takes a report of a known agent, and says whether it is to be forwarded", async () => {
  await start();
  expect(await send(body)).toBe(200);
  expect(await send(body, { query: "?forward=1" })).toBe(200);
  expect(received).toEqual([
    { report, forward: false },
    { report, forward: true },
  ]);
});

it.each([
  ["refused", 421],
  ["unreached", 502],
  ["unfit", 400],
] as const)("a report that is %s is answered %i", async (what, status) => {
  await start();
  brought = what;
  expect(await send(body)).toBe(status);
});

test("without a key, only known addresses are trusted, and only of nodes with an agent", async () => {
  await start();
  expect(await send(body, { from: "127.77.0.9" })).toBe(403);
  expect(await send(encodeReport(smallReport({ node: "elsewhere" })))).toBe(403);
  expect(received).toEqual([]);
});

test("while it is not known who is an agent, nobody's report is taken, and each is to be sent again", async () => {
  await start({ areAgentsKnown: () => false, isAgent: () => true });
  expect(await send(body)).toBe(421);
  expect(received).toEqual([]);
});

test("with a key the signature decides, whatever the address", async () => {
  await start({ keys: ["new", "secret"] });
  const signedBy = (key: string) => ({
    from: "127.77.0.9",
    headers: { "kubenurse-signature": sign(key, "/api/v1/reports", body) },
  });
  expect(await send(body)).toBe(403);
  expect(await send(body, signedBy("guess"))).toBe(403);
  expect(await send(encodeReport(smallReport({ sequence: 2 })), signedBy("secret"))).toBe(403);
  expect(received).toEqual([]);
  expect(await send(body, signedBy("secret"))).toBe(200);
  expect(await send(body, { ...signedBy("new"), query: "?forward=1" })).toBe(200);
});

it.each([
  ["no gzip", Buffer.from(JSON.stringify(report)), 400],
  ["nothing", Buffer.alloc(0), 400],
  ["no report", gzipSync("{}"), 400],
  ["what unpacks to a megabyte", gzipSync(Buffer.alloc(1024 * 1024)), 400],
  ["more than 16 KiB", Buffer.alloc(16 * 1024 + 1), 413],
])("refuses %s", async (_what, sent, status) => {
  await start();
  expect(await send(sent)).toBe(status);
  expect(received).toEqual([]);
});

test("one agent can't take up the leader's time, and others are served meanwhile", async () => {
  await start();
  const statuses = await Promise.all(Array.from({ length: 250 }, () => send(body)));
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(100);
  expect(statuses).toContain(429);
  expect(await send(body, { from: "127.77.0.3" })).toBe(200);
});

test("late, repeated and future reports are answered as others, since nobody needs to send them again, and count for nothing", async () => {
  const now = report.until + 1;
  const windows = createWindows(topologyOf({}), now - 30);
  const accepted: string[] = [];
  await start({
    async receive(given) {
      accepted.push(windows.accept(given, now));
      return "taken";
    },
  });
  windows.close(now - 5);
  const shifted = (seconds: number, sequence: number) =>
    encodeReport(smallReport({ sequence, from: report.from + seconds, until: report.until + seconds }));
  for (const sent of [body, body, shifted(-20, 2), shifted(60, 3)]) expect(await send(sent)).toBe(200);
  expect(accepted).toEqual(["accepted", "repeated", "late", "future"]);
});
