import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  deadNode,
  finding,
  healthy,
  report,
  startDiagnosisServer,
  viewOf,
} from "../../test/peers/handMadeDiagnosis.ts";
import { closedPort, startHttpPeer } from "../../test/peers/httpPeer.ts";
import type { AnalysisView, DiagnosisView } from "../diagnosis/view.ts";
import type { DiagnosisCommand } from "./commandSummaries.ts";
import { diagnosisCommand } from "./diagnosisCommand.ts";

let view: DiagnosisView;
let agent: Awaited<ReturnType<typeof startDiagnosisServer>>;
beforeEach(async () => {
  view = viewOf(deadNode);
  agent = await startDiagnosisServer({
    ...viewOf(deadNode),
    leadership: () => view.leadership(),
    analysis: () => view.analysis(),
  });
});
afterEach(() => agent[Symbol.asyncDispose]());

/** Runs a command against that agent, as on a terminal where it has `columns`; ages are those at the newest window's end. */
async function run(
  name: DiagnosisCommand,
  args: readonly string[] = [],
  { columns = Infinity, color = false, environment = {} } = {},
) {
  const ran: { code?: number; text: string; complaint: string } = { text: "", complaint: "" };
  const command = diagnosisCommand(name, "kubenurse", {
    terminal: {
      ...{ columns, rows: Infinity, color },
      write(part) {
        ran.text += part;
      },
    },
    environment,
    now: () => deadNode.until,
    interrupted: () => AbortSignal.abort(),
    complain(line) {
      ran.complaint += line;
    },
    end(code) {
      ran.code = code;
    },
  });
  const where =
    "KUBERNETES_SERVICE_HOST" in environment || args.includes("--url") ? [] : ["--url", agent.url.href];
  await command.parseAsync([...args, ...where], { from: "user" });
  return ran;
}

/** Without what differs from one run to the next. */
const steady = (text: string) =>
  text.replaceAll(/\d+s ago, from/g, "?s ago, from").replaceAll(/since \S+Z/g, "since ?");

function show(analysis: AnalysisView | undefined, leadership = view.leadership()): void {
  view = viewOf(analysis, leadership);
}

describe("status", () => {
  test("names what is broken, and ends with 1", async () => {
    const { code, text } = await run("status");
    expect(code).toBe(1);
    expect(steady(text)).toMatchInlineSnapshot(`
      "1 finding open.
      Analysed by nurse-1 on node-1, ?s ago, from the reports of 3 of 4 agents.
      Silent: node-3.

      ID      SINCE  COMPONENT    CAUSE      CONFIDENCE  WHAT
      f1a2b3  1m30s  node node-3  node_down  97 %        Node node-3 answers nobody and reports nothing: 18 of 18 attempts of 3 nodes failed.

      More: explain f1a2b3
      "
    `);
  });

  test("says that all is well, and ends with 0", async () => {
    show({ ...healthy, closed: deadNode.closed });
    const { code, text } = await run("status");
    expect(code).toBe(0);
    expect(steady(text)).toMatchInlineSnapshot(`
      "Healthy: no finding is open.
      Analysed by nurse-1 on node-1, ?s ago, from the reports of 4 of 4 agents.
      The last one was node node-3, closed 10m00s ago: e0e0e0.
      "
    `);
  });

  test.each<[string, () => void, string]>([
    ["nothing was analysed yet", () => show(undefined), "nothing was analysed yet"],
    [
      "the analysis is old",
      () => show({ ...healthy, until: Math.floor(Date.now() / 1000) - 3600 }),
      "the newest analysis is 36\\d\\d s old",
    ],
    [
      "most agents are silent",
      () => show({ ...healthy, reports: healthy.reports.slice(0, 1) }),
      "only 1 of 4 agents report",
    ],
    ["there is no leader", () => show(healthy, { state: "none" }), "no leader is known"],
  ])("ends with 2 where %s", async (_, arrange, why) => {
    arrange();
    const { code, text } = await run("status");
    expect(text).toMatch(new RegExp(`^Can't tell: ${why}\\.\n`));
    expect(code).toBe(2);
  });

  test("a finding of one agent's own is one, and says so", async () => {
    show(deadNode, { state: "none" });
    const { code, text } = await run("status");
    expect(code).toBe(1);
    expect(text).toMatch(
      /^1 finding open\.\nThis is the view of nurse-1 on node-1 alone, .*: no leader is known\.\n/,
    );
  });

  test("fits the terminal, unless it is to be wide", async () => {
    const widths = (text: string) => text.split("\n").map((line) => line.length);
    const { text } = await run("status", [], { columns: 60 });
    expect(Math.max(...widths(text))).toBe(60);
    const { text: wide } = await run("status", ["-o", "wide"], { columns: 60 });
    expect(Math.max(...widths(wide))).toBeGreaterThan(100);
    expect(wide).toMatch(/any +100 % +18 of 18 +3 nodes +Node node-3/);
  });

  test("colours the verdict where it may", async () => {
    expect((await run("status", [], { color: true })).text).toContain("\x1b[31m1 finding open.\x1b[0m\n");
    expect((await run("status")).text).not.toContain("\x1b");
  });

  test("lets no name steer the terminal", async () => {
    show({ ...deadNode, open: [finding({ summary: "a\x1b[2Jb\r\nc" })] });
    expect((await run("status")).text).toContain("a?[2Jb??c");
  });

  test("as JSON it is what the agent answered", async () => {
    const { code, text } = await run("status", ["--output", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({ open: deadNode.open, analysis: { source: "leader" } });
  });
});

describe("findings", () => {
  test("lists those that are over, too", async () => {
    const { code, text } = await run("findings");
    expect(code).toBe(1);
    expect(steady(text)).toMatchInlineSnapshot(`
      "1 finding open.
      Analysed by nurse-1 on node-1, ?s ago, from the reports of 3 of 4 agents.
      Silent: node-3.

      ID      SINCE  COMPONENT    CAUSE      CONFIDENCE  WHAT
      f1a2b3  1m30s  node node-3  node_down  97 %        Node node-3 answers nobody and reports nothing: 18 of 18 attempts of 3 nodes failed.

      Recently:
      ID      CLOSED      LASTED  COMPONENT    CAUSE      BECAUSE
      e0e0e0  10m00s ago  5m00s   node node-3  node_down  recovered
      "
    `);
  });
});

describe("explain", () => {
  test("tells all of one finding, which the beginning of its id names", async () => {
    const { code, text } = await run("explain", ["f1"], { columns: 70 });
    expect(code).toBe(1);
    expect(steady(text)).toMatchInlineSnapshot(`
      "f1a2b3  node node-3: node_down
      Node node-3 answers nobody and reports nothing: 18 of 18 attempts of 3
      nodes failed.

      Open        for 1m30s, since ?
      Confidence  97 %
      Loss        100 %: 18 of 18 attempts failed in 10 s
      Seen by     node-1, node-2, node-4

      It explains 2 failing checks:
        NODE    CHECK                    FAILED  REASON
        node-1  http to node-3           2 of 2  connect_timeout
        node-2  service, new connection  1 of 2  connect_timeout

      Look next at:
      1. kubectl get node node-3
      2. the node's console

      Runbook: docs/runbooks/KubenurseFinding.md#node_down
      "
    `);
  });

  test("tells what is not certain", async () => {
    const { evidence } = finding();
    const doubtful = finding({
      fewReporters: true,
      layer: "large",
      otherCauses: ["unknown"],
      otherComponents: [{ kind: "pair", from: "node-1", to: "node-3" }],
      evidence: { ...evidence, reporterCount: 60, explainedCount: 80 },
    });
    show({ ...deadNode, open: [doubtful] });
    const { text } = await run("explain", ["f1a2b3"]);
    expect(text).toContain("Confidence    97 %, by two nodes alone\n");
    expect(text).toContain("Seen by       node-1, node-2, node-4 and 57 others\n");
    expect(text).toContain("Only          large messages\n");
    expect(text).toContain("Or cause      unknown\n");
    expect(text).toContain("Or component  pair node-1 → node-3\n");
    expect(text).toContain("\n… and 78 more\n");
  });

  test("one that is over ends with 0", async () => {
    const { code, text } = await run("explain", ["e0e0e0"]);
    expect(code).toBe(0);
    expect(text).toContain("Closed      10m00s ago, after 5m00s: recovered\n");
  });

  test("names those that there are, where there is no such one", async () => {
    expect(await run("explain", ["x"])).toEqual({
      code: 2,
      text: "",
      complaint: "can't tell: no finding is x; known are: f1a2b3, e0e0e0",
    });
    show({ ...deadNode, open: [finding(), finding({ id: "f1ffff" })] });
    expect((await run("explain", ["f1"])).complaint).toBe(
      "can't tell: more than one finding is f1; known are: f1a2b3, f1ffff, e0e0e0",
    );
  });
});

describe("matrix", () => {
  test("is a grid of the nodes", async () => {
    const { code, text } = await run("matrix", [], { columns: 80 });
    expect(code).toBe(1);
    expect(steady(text)).toMatchInlineSnapshot(`
      "1 finding open.
      Analysed by nurse-1 on node-1, ?s ago, from the reports of 3 of 4 agents.
      Silent: node-3.

      Share of lost attempts in percent, from the node of the row to that of the colu…
         FROM \\ TO  1  2  3    4
      1  node-1     -  .  100  .
      2  node-2     .  -  100  .
      3  node-3           -
      4  node-4     .  .  100  -
      "
    `);
  });

  test("is one of the zones where the nodes do not fit", async () => {
    const { text } = await run("matrix", [], { columns: 20 });
    expect(text).toContain("FROM    TO       PA…");
    const { text: wide } = await run("matrix", ["-o", "wide"], { columns: 20 });
    expect(wide).toContain("node-1  node-3  100 %  http 2 of 2 failed\n");
    expect(wide).toContain("node-1  node-2  0 %    http ok 1.6 ms\n");
  });

  test("of nobody is none", async () => {
    show({ ...healthy, reports: [report(1, [])] });
    expect((await run("matrix")).text).toContain("Nobody reported a visit");
  });
});

describe("an agent that can't be asked ends with 2 and says why", () => {
  const complaint = async (url: string) => {
    const { code, complaint } = await run("status", ["--url", url]);
    expect(code).toBe(2);
    return complaint;
  };

  test("nobody listens", async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await complaint(url)).toMatch(/^can't tell: http:\S+ does not answer: connect ECONNREFUSED/);
  });

  test("it is no kubenurse, or an old one", async () => {
    await using old = await startHttpPeer((_, response) => {
      response.writeHead(301, { location: "/alive" }).end();
    });
    expect(await complaint(old.url.origin)).toMatch(/does not answer: unexpected redirect$/);
    await using other = await startHttpPeer((_, response) => void response.end("<html>"));
    expect(await complaint(other.url.origin)).toMatch(/answered no JSON; is it an agent of kubenurse 2/);
  });

  test("its words steer no terminal", async () => {
    await using peer = await startHttpPeer((_, response) => {
      response.writeHead(503).end(JSON.stringify({ message: "a\x1b[2Jb\r\nc\u009b2J" }));
    });
    expect(await complaint(peer.url.origin)).toMatch(/answered 503: a\?\[2Jb\?\?c\?2J$/);
  });

  test("its diagnosis is off", async () => {
    await using off = await startDiagnosisServer(undefined);
    expect(await complaint(`${off.url.href}`)).toMatch(/answered 404: this agent's diagnosis is off$/);
  });
});

test("in a pod, the agent in it is asked", async () => {
  // Port 8080 of this machine may be anybody's: only that it is asked can be seen.
  const { text, complaint } = await run("status", [], {
    environment: { KUBERNETES_SERVICE_HOST: "192.0.2.1" },
  });
  expect(text + complaint).toMatch(/http:\/\/localhost:8080/);
});
