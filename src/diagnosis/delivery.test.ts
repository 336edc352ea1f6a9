import { afterEach, expect, test } from "vitest";
import { smallReport } from "../../test/peers/agentReport.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { startHttpPeer, startTcpPeer } from "../../test/peers/httpPeer.ts";
import { type ReportAgents, startReportAgents } from "../../test/peers/reportAgents.ts";

let agents: ReportAgents;
afterEach(() => agents[Symbol.asyncDispose]());

const reportOf = (node: string, sequence: number) => smallReport({ node, pod: `nurse-${node}`, sequence });
const offer = (node: string, ...sequences: number[]) => {
  for (const sequence of sequences) agents.agent(node).delivery.offer(reportOf(node, sequence));
};
const takenBy = (node: string) => agents.agent(node).taken.map((report) => report.sequence);
const countsOf = (node: string) => agents.agent(node).delivery.counts();
/** From now on `leader` leads, and everybody knows it. */
const letLead = (leader: string) => {
  agents.leadership = (node) =>
    node === leader
      ? { state: "self" }
      : { state: "peer", pod: `nurse-${leader}`, url: agents.urlOf(leader) };
};

async function startThree(environment = {}): Promise<void> {
  agents = await startReportAgents("127.78", ["a", "b", "c"], environment);
  letLead("c");
}

test("the leader takes the reports of others, directly, and its own", async () => {
  await startThree();
  offer("a", 1);
  offer("c", 2);
  await eventually(() => expect(takenBy("c").toSorted()).toEqual([1, 2]));
  expect(agents.agent("c").taken).toContainEqual(reportOf("a", 1));
  expect(agents.connections).toEqual(["a-c"]);
  await eventually(() => expect(countsOf("a")).toEqual({ kept: 0, delivered: 1, lost: 0 }));
});

test("an agent that judges alone takes its own", async () => {
  await startThree();
  agents.leadership = () => ({ state: "alone" });
  offer("a", 1);
  await eventually(() => expect(takenBy("a")).toEqual([1]));
});

test.each([{}, { KUBENURSE_MESH_KEY: "secret" }])(
  "where the leader can't be reached, a neighbour passes reports on, and they go there at once from then on: %j",
  async (environment) => {
    await startThree(environment);
    agents.isBroken = (from, to) => from === "a" && to === "c";
    offer("a", 1);
    await eventually(() => expect(countsOf("a").delivered).toBe(1));
    offer("a", 2);
    await eventually(() => expect(takenBy("c")).toEqual([1, 2]));
    expect(agents.connections).toEqual(["a-c", "a-c", "a-b", "b-c", "a-b", "b-c"]);
  },
);

test("of several neighbours, the one that got a report through is asked first the next time", async () => {
  agents = await startReportAgents("127.78", ["a", "b", "c", "d"]);
  letLead("d");
  agents.isBroken = (from, to) => to === "d" && from !== "c";
  offer("a", 1);
  await eventually(() => expect(countsOf("a").delivered).toBe(1));
  offer("a", 2);
  await eventually(() => expect(countsOf("a").delivered).toBe(2));
  expect(agents.connections).toEqual(["a-d", "a-d", "a-b", "b-d", "a-c", "c-d", "a-c", "c-d"]);
});

test("a minute later the direct way is tried once more, behind the report, and taken again where it works", async () => {
  await startThree();
  agents.isBroken = (from, to) => from === "a" && to === "c";
  offer("a", 1);
  await eventually(() => expect(countsOf("a").delivered).toBe(1));
  agents.isBroken = () => false;
  agents.skip(60);
  agents.connections.length = 0;
  offer("a", 2);
  await eventually(() => expect(countsOf("a").delivered).toBe(2));
  offer("a", 3);
  await eventually(() => expect(countsOf("a").delivered).toBe(3));
  expect(agents.connections).toEqual(["a-b", "b-c", "a-c", "a-c"]);
});

test("a neighbour passes a report on to the leader alone, and no further", async () => {
  await startThree();
  agents.isBroken = (_from, to) => to === "c";
  offer("a", 1);
  await eventually(() => expect(agents.connections).toEqual(["a-c", "a-c", "a-b", "b-c", "a-c"]));
  expect(countsOf("a")).toEqual({ kept: 1, delivered: 0, lost: 0 });
});

test("who was asked and does not lead refuses, and the report is kept", async () => {
  await startThree();
  agents.leadership = (node) =>
    node === "a" ? { state: "peer", pod: "nurse-c", url: agents.urlOf("c") } : { state: "none" };
  offer("a", 1);
  await eventually(() => expect(agents.connections).toEqual(["a-c"]));
  letLead("c");
  agents.skip(20);
  await eventually(() => {
    offer("a", 2);
    expect(takenBy("c")).toContain(1);
  });
});

test("without a leader reports are kept for five minutes; a new one gets the latest first, and then a dozen at a time", async () => {
  await startThree();
  agents.leadership = () => ({ state: "none" });
  offer("a", ...Array.from({ length: 70 }, (_, n) => n + 1));
  expect(countsOf("a")).toEqual({ kept: 60, delivered: 0, lost: 10 });
  letLead("c");
  offer("a", 71);
  await eventually(() => expect(countsOf("a")).toEqual({ kept: 48, delivered: 12, lost: 11 }));
  expect(takenBy("c")).toEqual([71, ...Array.from({ length: 11 }, (_, n) => n + 12)]);
});

test("an agent that fails pauses, says so once, and tries another leader at once", async () => {
  await startThree();
  agents.isBroken = (from) => from === "a";
  const { logged } = agents.agent("a");
  for (let round = 1; round <= 4; round += 1) {
    const before = agents.connections.length;
    offer("a", round);
    // Two direct attempts, one neighbour, and in the first round one more.
    await eventually(() =>
      expect(agents.connections.length).toBeGreaterThanOrEqual(before + (round === 1 ? 4 : 2)),
    );
    agents.skip(20);
  }
  expect(logged).toEqual(["reports do not reach the leader, and are kept for five minutes"]);
  agents.isBroken = () => false;
  letLead("b");
  offer("a", 5);
  await eventually(() => expect(takenBy("b")).toEqual([5, 1, 2, 3, 4]));
  await eventually(() => expect(logged).toHaveLength(2));
});

test("a report that is never taken is given up", async () => {
  await startThree();
  await using strict = await startHttpPeer((_request, response) => response.writeHead(400).end());
  agents.leadership = () => ({ state: "peer", pod: "x", url: strict.url });
  offer("a", 1);
  await eventually(() => expect(countsOf("a")).toEqual({ kept: 0, delivered: 0, lost: 1 }));
});

test("a leader that does not answer is waited for for two seconds, and no longer than until the agent stops", async () => {
  await startThree();
  await using silent = await startTcpPeer(() => {});
  agents.leadership = () => ({ state: "peer", pod: "x", url: silent.url });
  offer("a", 1);
  await eventually(() => expect(silent.accepted).toBeGreaterThanOrEqual(2));
  agents.agent("a").delivery.stop();
  await silent.allClosed();
  expect(countsOf("a").kept).toBe(1);
});
