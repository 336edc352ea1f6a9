import { expect } from "vitest";
import { kubectl } from "./command.ts";
import type { Agent, Fleet } from "./fleet.ts";
import { say, waitFor } from "./waiting.ts";

/** The agents, once each node has exactly one and each was read; their number is the number of nodes. */
export async function oneAgentPerNode(fleet: Fleet): Promise<Agent[]> {
  const nodes = (await kubectl("get", "nodes", "--output=jsonpath={.items[*].metadata.name}"))
    .split(" ")
    .sort();
  return waitFor(`an agent with metrics on each of ${nodes.length} nodes`, 120, () => {
    const agents = fleet.live.filter(({ samples }) => samples.length > 0);
    return agents.map(({ node }) => node).join(" ") === nodes.join(" ") ? agents : undefined;
  });
}

/** What a healthy agent says in its log; `also` is what these manifests give it to say. */
export async function expectHealthy(fleet: Fleet, agents: readonly Agent[], also: readonly string[]) {
  const expected = [
    ...["kubenurse starting", "the system's resolver", "kubenurse just started"],
    "the leader of the agents changed",
    ...[nodesRefused, ...also],
  ];
  await fleet.rounds(2);
  for (const agent of agents) {
    expect(agent.pod.status.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0]);
    const unexpected = agent.log.lines.filter(({ msg }) => !expected.includes(msg));
    expect(unexpected).toEqual([]);

    const metrics = await fleet.get(agent, "/metrics");
    expect(matching(metrics, /kubenurse_httpclient_request_/)).not.toEqual([]);
    expect(matching(metrics, /type="path_/)).not.toEqual([]);
    expect(matching(metrics, /kubenurse_errors_total/)).toEqual([]);

    const alive = await fleet.get(agent, "/alive");
    expect(matching(alive, /"neighbourhood_state": "ok"/)).toHaveLength(1);
    expect(matching(alive, /"neighbourhood": \[/)).toHaveLength(1);
  }
}

function matching(text: string, pattern: RegExp): string[] {
  return text.split("\n").filter((line) => pattern.test(line));
}

const nodesRefused = "not permitted to watch nodes: every node counts as schedulable";

/** Runs `disturbance`, lets three rounds of checks pass, and expects that no agent counted a failure, be it there or gone. */
export async function expectNoErrors(fleet: Fleet, what: string, disturbance: () => Promise<unknown>) {
  const before = fleet.errors.length;
  say(`  ${what}`);
  await disturbance();
  await oneAgentPerNode(fleet);
  await fleet.rounds(3);
  await waitFor(
    "the ended agents' last words",
    60,
    () => fleet.gone.every(({ log }) => log.over) || undefined,
  );
  expect(fleet.errors.slice(before)).toEqual([]);
  for (const { name, log } of fleet.gone) {
    expect(log.lines.at(-1), `the last line of ${name}`).toMatchObject({ msg: "kubenurse stopped" });
  }
}

/** What /alive tells of an agent's latest checks. */
export async function latestResults(fleet: Fleet, agent: Agent): Promise<Record<string, unknown>> {
  return JSON.parse(await fleet.get(agent, "/alive")).last_check_result;
}

/** Checks whose latest result is not ok, as `<node> <type>: <result>`. */
export async function failing(fleet: Fleet, agents: readonly Agent[]): Promise<string[]> {
  const ofEach = agents.map(async (agent) => {
    const { neighbourhood, ...results } = await latestResults(fleet, agent);
    const bad = Object.entries(results).filter(([, result]) => result !== "ok" && result !== "skipped");
    return bad.map(([type, result]) => `${agent.node} ${type}: ${result}`);
  });
  return (await Promise.all(ofEach)).flat();
}
