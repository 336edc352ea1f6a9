import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../test/peers/eventually.ts";
import { checksOf, metricsOf, startTestAgents, type TestAgents } from "../test/peers/testAgents.ts";

const addresses = { a: "127.72.0.1", b: "127.72.0.2", c: "127.72.0.3" };

let agents: TestAgents;
beforeEach(async () => {
  agents = await startTestAgents();
});
afterEach(() => agents[Symbol.asyncDispose]());

/** Stands still again and again, with a few turns of the event loop between, as a process under a tight CPU limit does. */
async function burstOfStalls(seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    for (const until = performance.now() + 300; performance.now() < until; );
    for (let turns = 0; turns < 3; turns += 1) await turn();
  }
}

/** Answers counted as slower than a stall is long. */
function slowAnswers(metrics: string, type: string): number {
  const of = (series: string) =>
    Number(
      new RegExp(`^kubenurse_httpclient_request_duration_seconds_${series}} (\\d+)$`, "m").exec(
        metrics,
      )?.[1] ?? 0,
    );
  return of(`count{type="${type}"`) - of(`bucket{type="${type}",le="0.25"`);
}

it("agents that stall again and again report themselves, and no error of the network", async () => {
  for (const [node, address] of Object.entries(addresses))
    await agents.start(node, address, { KUBENURSE_NODE_NAME: node });
  const allAnswer = async () => {
    for (const [own, address] of Object.entries(addresses))
      for (const other of Object.keys(addresses).filter((node) => node !== own))
        expect(await checksOf(address)).toHaveProperty(`path_${other}`, "ok");
  };
  await eventually(allAnswer);
  await burstOfStalls(8);
  for (const address of Object.values(addresses)) {
    const metrics = await metricsOf(address);
    expect(metrics).toMatch(/kubenurse_discarded_checks_total\{why="self-stalled"\} [1-9]/);
    expect(metrics).not.toContain("kubenurse_errors_total");
    expect(metrics).not.toMatch(/kubenurse_probe_failures_total\{.*\} [1-9]/);
    for (const node of Object.keys(addresses)) expect(slowAnswers(metrics, `path_${node}`)).toBe(0);
  }
  await eventually(allAnswer);
});
