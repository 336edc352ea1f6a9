import { describe, expect, test } from "vitest";
import {
  deadNode,
  finding,
  healthy,
  report,
  startDiagnosisServer,
  viewOf,
} from "../../test/peers/handMadeDiagnosis.ts";
import { startHttpPeer, startTcpPeer } from "../../test/peers/httpPeer.ts";
import type { Flow } from "../diagnosis/report.ts";
import type { AnalysisView, Leadership } from "../diagnosis/view.ts";
import type { AnalysisAnswer, FindingsAnswer, MatrixAnswer, NodeAnswer } from "./answers.ts";

async function read<Answer>(url: URL, path: string): Promise<Answer> {
  const response = await fetch(new URL(path, url));
  expect(response.headers.get("content-type")).toBe("application/json");
  return (await response.json()) as Answer;
}

const led = (pod: string, url: URL): Leadership => ({ state: "peer", pod, url });
// Nobody listens at port 1.
const nobody = new URL("http://127.0.0.1:1");

/** Answers of an agent that has seen nothing wrong itself. */
async function askFollower<Answer = FindingsAnswer>(leadership: Leadership, path = "/api/v1/findings") {
  await using follower = await startDiagnosisServer(viewOf(healthy, leadership), 2);
  return await read<Answer>(follower.url, path);
}

describe("/api/v1/findings", () => {
  test("the leader gives its findings, and says whose and how old they are", async () => {
    await using leader = await startDiagnosisServer(viewOf(deadNode));
    const { analysis, open, closed } = await read<FindingsAnswer>(leader.url, "/api/v1/findings");
    expect(open).toEqual(deadNode.open);
    expect(closed).toEqual(deadNode.closed);
    const { ageSeconds, ...rest } = analysis;
    expect(ageSeconds).toBeGreaterThanOrEqual(0);
    expect(ageSeconds).toBeLessThan(60);
    expect(rest).toEqual({
      ...{ source: "leader", pod: "nurse-1", node: "node-1", until: deadNode.until },
      ...{ reporters: 3, agents: 4, silent: ["node-3"], openFindings: 1 },
    });
  });

  test("of silent nodes that are heard it tells how far their clocks are off", async () => {
    const clockOffsets = { "node-1": -40, "node-3": -39.8 };
    await using leader = await startDiagnosisServer(viewOf(deadNode, { state: "self" }, clockOffsets));
    const { analysis } = await read<FindingsAnswer>(leader.url, "/api/v1/findings");
    expect(analysis).toMatchObject({ silent: ["node-3"], clockOffsets: { "node-3": -40 } });
  });

  test.each([-4, 1])("a report that comes %i s ahead says nothing of a clock", async (seconds) => {
    const clockOffsets = { "node-3": seconds };
    await using leader = await startDiagnosisServer(viewOf(deadNode, { state: "self" }, clockOffsets));
    const { analysis } = await read<FindingsAnswer>(leader.url, "/api/v1/findings");
    expect(analysis.clockOffsets).toBeUndefined();
  });

  test("any other agent gives the leader's answer", async () => {
    await using leader = await startDiagnosisServer(viewOf(deadNode));
    const answer = await askFollower(led("nurse-1", leader.url));
    expect(answer.analysis).toMatchObject({ source: "leader", pod: "nurse-1" });
    expect(answer.open).toEqual(deadNode.open);
  });

  test("before the first analysis there is none to have an age", async () => {
    await using leader = await startDiagnosisServer(viewOf(undefined));
    const { analysis } = await read<FindingsAnswer>(leader.url, "/api/v1/findings");
    expect(analysis).toEqual({
      ...{ source: "leader", pod: "nurse-1", node: "node-1", reporters: 0, agents: 4, openFindings: 0 },
      silent: ["node-1", "node-2", "node-3", "node-4"],
    });
  });

  test.each<[Leadership, string]>([
    [{ state: "none" }, "no leader is known"],
    [{ state: "alone" }, "agents may not elect a leader, so each judges alone"],
    [led("nurse-9", nobody), "the leader nurse-9 can't be asked: ECONNREFUSED"],
  ])("an agent with %j answers for itself and says why", async (leadership, why) => {
    const { analysis } = await askFollower(leadership);
    expect(analysis).toMatchObject({ source: "own", why, pod: "nurse-2", node: "node-2" });
  });

  test("a leader that says nothing is waited for two seconds", async () => {
    await using deaf = await startTcpPeer(() => {});
    const { analysis } = await askFollower(led("nurse-9", deaf.url));
    expect(analysis.why).toBe("the leader nurse-9 can't be asked: no answer within 2 s");
    await deaf.allClosed();
  });

  test.each([
    ["an error", 500, "{}", /it answered 500$/],
    ["no JSON with 404", 404, "not found", /JSON/],
    ["something else", 200, "[]", /does not lead any more$/],
    ["half of it", 200, "{", /JSON/],
    ["far too much", 200, " ".repeat(5 * 1024 * 1024), /its answer is too long$/],
  ])("a leader that answers %s is none", async (_, status, text, why) => {
    await using liar = await startHttpPeer((_, response) => void response.writeHead(status).end(text));
    const { analysis } = await askFollower(led("nurse-9", liar.url));
    expect(analysis).toMatchObject({ source: "own", why: expect.stringMatching(why) });
  });

  test("two agents that take each other for the leader ask once", async () => {
    const leaderships: Leadership[] = [];
    const view = (n: number) => ({
      ...viewOf(healthy),
      leadership: (): Leadership => leaderships[n] ?? { state: "none" },
    });
    await using a = await startDiagnosisServer(view(0), 1);
    await using b = await startDiagnosisServer(view(1), 2);
    leaderships.push(led("nurse-2", b.url), led("nurse-1", a.url));
    const { analysis } = await read<FindingsAnswer>(a.url, "/api/v1/findings");
    expect(analysis).toMatchObject({
      ...{ source: "own", pod: "nurse-1" },
      why: "the leader nurse-2 can't be asked: it does not lead any more",
    });
  });

  test("who asks too often is told so", async () => {
    await using leader = await startDiagnosisServer(viewOf(healthy));
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => fetch(new URL("/api/v1/findings", leader.url))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(40);
    expect(statuses).toContain(429);
  });

  test("without a diagnosis it is not there, and the other paths are as before", async () => {
    await using server = await startDiagnosisServer(undefined);
    for (const path of ["findings", "matrix", "nodes/node-1"]) {
      const response = await fetch(new URL(`/api/v1/${path}`, server.url));
      expect([response.status, await response.json()]).toEqual([
        404,
        { message: "this agent's diagnosis is off" },
      ]);
    }
    const elsewhere = await fetch(new URL("/api/v1/other", server.url), { redirect: "manual" });
    expect(elsewhere.status).toBe(301);
  });
});

describe("/api/v1/matrix", () => {
  test("has every pair, the worst first, and the zones", async () => {
    await using leader = await startDiagnosisServer(viewOf(deadNode));
    const { pairs, pairCount, zones } = await read<MatrixAnswer>(leader.url, "/api/v1/matrix");
    expect(pairCount).toBe(9);
    expect(pairs.map(({ from, to, loss }) => `${from} ${to} ${loss}`)).toEqual([
      ...["node-1 node-3 1", "node-2 node-3 1", "node-4 node-3 1"],
      ...["node-1 node-2 0", "node-1 node-4 0", "node-2 node-1 0"],
      ...["node-2 node-4 0", "node-4 node-1 0", "node-4 node-2 0"],
    ]);
    expect(pairs[0]?.probes).toEqual({ http: { good: 0, bad: { connect_timeout: 2 } } });
    expect(pairs[3]?.probes.http?.medianSeconds).toBeCloseTo(0.0016);
    // The dead node's zone is known by nobody's report.
    expect(zones).toEqual([
      { from: "zone-1", to: "", pairs: 2, loss: 1 },
      { from: "zone-1", to: "zone-1", pairs: 2, loss: 0 },
      { from: "zone-1", to: "zone-2", pairs: 2, loss: 0 },
      { from: "zone-2", to: "", pairs: 1, loss: 1 },
      { from: "zone-2", to: "zone-1", pairs: 2, loss: 0 },
    ]);
  });

  test("adds up the windows of a minute by probe, and is of the newest analysis", async () => {
    let analysis: AnalysisView = deadNode;
    await using leader = await startDiagnosisServer({ ...viewOf(undefined), analysis: () => analysis });
    await read<MatrixAnswer>(leader.url, "/api/v1/matrix");
    analysis = { ...deadNode, reports: [...deadNode.reports, ...deadNode.reports] };
    const { pairs } = await read<MatrixAnswer>(leader.url, "/api/v1/matrix");
    expect(pairs[0]?.probes.http?.bad).toEqual({ connect_timeout: 4 });
    expect(pairs[3]?.probes.http?.good).toBe(4);
  });
});

test("the matrix of a large cluster has the worst pairs, and counts all", async () => {
  const flow = (to: number, lost: number): Flow => ({
    ...{ probe: "http", target: { kind: "node", node: `node-${to}` }, good: 9, discarded: 0 },
    bad: { connect_timeout: lost },
  });
  const numbers = Array.from({ length: 60 }, (_, n) => n);
  const reports = numbers.map((n) =>
    report(
      n,
      numbers.map((to) => flow(to, to === 59 ? 1 : 0)),
    ),
  );
  await using leader = await startDiagnosisServer(viewOf({ ...healthy, reports }));
  const { pairs, pairCount } = await read<MatrixAnswer>(leader.url, "/api/v1/matrix");
  expect([pairs.length, pairCount]).toEqual([2_000, 3_600]);
  expect(pairs.filter(({ to, loss }) => to === "node-59" && loss === 0.1)).toHaveLength(60);
  expect(pairs[59]?.probes.http).toEqual({ good: 9, bad: { connect_timeout: 1 } });
});

describe("/api/v1/nodes/{node}", () => {
  test("shows what the node sees and who sees it", async () => {
    await using leader = await startDiagnosisServer(viewOf(deadNode));
    const answer = await askFollower<NodeAnswer>(led("nurse-1", leader.url), "/api/v1/nodes/node-1");
    expect(answer).toMatchObject({ node: "node-1", zone: "zone-2", pod: "nurse-1" });
    expect(answer.health?.selfReachable).toBe(true);
    expect(answer.sees.map(({ target }) => target)).toContainEqual({ kind: "node", node: "node-3" });
    expect(answer.seenBy.map(({ from }) => from)).toEqual(["node-2", "node-4"]);
    expect(answer.findings.map(({ id }) => id)).toEqual([finding().id]);
  });

  test("a dead node is there by those who try, and by its finding", async () => {
    await using leader = await startDiagnosisServer(viewOf(deadNode));
    const answer = await read<NodeAnswer>(leader.url, "/api/v1/nodes/node-3");
    expect(answer.sees).toEqual([]);
    expect(answer.seenBy.map(({ loss }) => loss)).toEqual([1, 1, 1]);
    expect(answer.findings).toHaveLength(1);
    expect(answer.health).toBeUndefined();
  });

  test("of a node that nobody knows, the leader's word counts", async () => {
    await using leader = await startDiagnosisServer(viewOf(deadNode));
    await using follower = await startDiagnosisServer(viewOf(healthy, led("nurse-1", leader.url)), 2);
    const response = await fetch(new URL("/api/v1/nodes/node%2F9", follower.url));
    expect([response.status, await response.json()]).toEqual([
      404,
      { message: "no report and no finding of the last minute speaks of this node" },
    ]);
  });
});

test("an answer shows no address", async () => {
  await using leader = await startDiagnosisServer(viewOf(deadNode));
  const follow = led("nurse-1", leader.url);
  for (const path of ["/api/v1/findings", "/api/v1/matrix", "/api/v1/nodes/node-1"]) {
    expect(JSON.stringify(await askFollower<{ analysis: AnalysisAnswer }>(follow, path))).not.toMatch(
      /\d+\.\d+\.\d+\.\d+/,
    );
  }
});
