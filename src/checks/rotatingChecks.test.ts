import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../test/peers/eventually.ts";
import { type MeshAgents, startMeshAgents } from "../../test/peers/meshAgents.ts";
import type { ResultListener } from "../results/results.ts";
import { createSelfWatch } from "../results/selfWatch.ts";
import { createResults } from "../results/store.ts";
import { createLoopDelay } from "../schedule/loopDelay.ts";
import { createSchedule } from "../schedule/schedule.ts";
import { createChecks } from "./checks.ts";
import { createRotatingChecks } from "./rotatingChecks.ts";

let agents: MeshAgents;
beforeEach(async () => {
  agents = await startMeshAgents("127.75", ["a", "b", "c", "d"]);
});
afterEach(() => agents[Symbol.asyncDispose]());

/** Lets the agent on node a visit the others; one that is stalled stands still for 9 s of each visit. */
function rotate({ isStalled = false } = {}) {
  const { edges, discovery, config, tests } = agents.agent("a");
  const results = createResults(edges.clock);
  const said: string[] = [];
  const listener: ResultListener = {
    begun: ({ type }) => void said.push(`begun ${type}`),
    counted: ({ target }, { state }) => void said.push(`${state} ${target}`),
    discarded: (_subject, why) => void said.push(`discarded ${why}`),
    forgotten() {},
  };
  results.subscribe(listener);
  const loopDelay = createLoopDelay(edges.clock, () => {});
  const selfWatch = createSelfWatch({
    clock: edges.clock,
    loopDelay: isStalled ? { measure: () => () => 9 } : loopDelay,
    readThrottling: () => undefined,
  });
  loopDelay.start();
  const schedule = createSchedule(edges.clock, edges.random, 5);
  const checks = createChecks({ edges, schedule, selfWatch, results });
  const rotating = createRotatingChecks({ config, edges, checks, results, tests });
  rotating.follow(discovery);
  return {
    said,
    rotating,
    follow: () => rotating.follow(discovery),
    async [Symbol.asyncDispose]() {
      await checks.stop();
      loopDelay.stop();
    },
  };
}

/** A failure of a pair of which this is logged: on a busy machine some retries are answered too late to tell. */
async function failureTold(line: string) {
  await using run = rotate();
  await eventually(() => {
    expect(agents.agent("a").logged.map(({ msg }) => msg)).toContain(`pair failed: ${line}`);
  });
  const told = agents.agent("a").logged.filter(({ msg }) => msg.startsWith("pair failed"));
  const event = run.rotating.failures.latest()[told.findIndex(({ msg }) => msg.endsWith(line))];
  return { event, counts: run.rotating.failures.counts(), said: run.said };
}

describe("the rotation", () => {
  it("covers every other agent, under one target, in lanes", async () => {
    await using run = rotate();
    await eventually(() =>
      expect(run.said.filter((line) => line === "ok mesh_rotation").length).toBeGreaterThan(20),
    );
    expect(run.rotating.coverage()?.ratio).toBe(1);
    expect(run.rotating.failures.latest()).toEqual([]);
    expect(run.said.filter((line) => line.startsWith("begun"))).toHaveLength(12);
  });

  it("covers nobody with visits that the agent itself was in no state to make", async () => {
    await using run = rotate({ isStalled: true });
    await eventually(() => expect(run.said).toContain("discarded self-stalled"));
    expect(run.rotating.coverage()?.ratio).toBe(0);
  });

  it("names a one-way break between two nodes", async () => {
    agents.isBroken = (from, to, over) => from === "a" && to === "b" && over === "pod";
    const { event, counts, said } = await failureTold(
      "only a → b, over the pod network, not by node address; others reach b",
    );
    expect(event).toMatchObject({ from: "a", to: "b", reason: "connect_unreachable" });
    expect(event?.retries).toEqual({
      new_port: "connect_unreachable",
      node_address: "ok",
      third_party: "ok",
      reverse: "ok",
    });
    expect(counts.new_port.failed).toBeGreaterThan(0);
    expect(counts.reverse.ok).toBeGreaterThan(0);
    expect(said).toContain("failed mesh_rotation");
  });

  it("names a break of both ways", async () => {
    const broken = new Set(["a", "b"]);
    agents.isBroken = (from, to) => broken.has(from) && broken.has(to);
    const { event } = await failureTold("a and b, both ways, by node address too; others reach b");
    expect(event?.retries).toMatchObject({ third_party: "ok", reverse: "connect_unreachable" });
  });

  it("names a node that answers nobody", async () => {
    agents.isBroken = (_from, to, over) => to === "b" && over === "pod";
    const { event } = await failureTold("b answers nobody over the pod network, though its node is reached");
    expect(event?.retries).toMatchObject({ third_party: "connect_unreachable", reverse: "unknown" });
  });

  it("tells a one-off", async () => {
    let refusals = 1;
    agents.isBroken = (from, to) => from === "a" && to === "c" && refusals-- > 0;
    const { event } = await failureTold("one-off: a new connection succeeded at once");
    expect(event).toMatchObject({ to: "c", retries: { new_port: "ok" } });
  });

  it("does not count a peer that leaves while it is being retried", async () => {
    await using run = rotate();
    agents.isBroken = (_from, to) => {
      if (to !== "b") return false;
      agents.peers.delete("b");
      run.follow();
      return true;
    };
    await eventually(() => expect(run.said).toContain("discarded peer-left"));
    expect(run.said).not.toContain("failed mesh_rotation");
    expect(run.rotating.failures.latest()).toEqual([]);
  });

  it("ends when there is nobody left to visit, and begins again", async () => {
    await using run = rotate();
    const others = [...agents.peers];
    agents.peers.clear();
    run.follow();
    expect(run.rotating.coverage()).toBeUndefined();
    const begun = run.said.filter((line) => line.startsWith("begun")).length;
    for (const [node, peer] of others) agents.peers.set(node, peer);
    run.follow();
    expect(run.said.filter((line) => line.startsWith("begun")).length).toBe(2 * begun);
  });
});
