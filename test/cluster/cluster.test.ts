import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBlackHole } from "./blackHole.ts";
import { chartNotes, installChart } from "./chartInstallation.ts";
import { type ClusterApi, openClusterApi } from "./clusterApi.ts";
import { kubectl, run } from "./command.ts";
import { expectHealthy, expectNoErrors, failing, latestResults, oneAgentPerNode } from "./expectations.ts";
import { type Agent, Fleet } from "./fleet.ts";
import { ingressChecked, install } from "./installation.ts";
import { namespace } from "./pods.ts";
import { processFigures } from "./processFigures.ts";
import { rolloutRestart } from "./rollout.ts";
import { total } from "./samples.ts";
import { settings } from "./settings.ts";
import { say, waitFor } from "./waiting.ts";

const base = join(import.meta.dirname, "../../manifests/base");
const resources = new AsyncDisposableStack();
let api: ClusterApi;
let fleet: Fleet;

beforeAll(async () => {
  api = resources.use(await openClusterApi());
  resources.use(
    settings.install === "chart" ? await installChart() : await install(base, "kubenurse", [ingressChecked]),
  );
  fleet = resources.use(new Fleet(api));
});

afterAll(() => resources.disposeAsync());

test("each node has a healthy agent", async () => {
  const agents = await oneAgentPerNode(fleet);
  await expectHealthy(fleet, agents, []);
  expect(fleet.errors).toEqual([]);
  for (const agent of agents) {
    const paths = agents.filter((peer) => peer !== agent).map(({ node }) => `path_${node}`);
    const types = ["api_server_direct", "api_server_dns", "me_ingress", "me_service", ...paths];
    expect(await latestResults(fleet, agent)).toMatchObject(
      Object.fromEntries(types.map((type) => [type, "ok"])),
    );
  }
});

test("the chart's notes tell the number of series in this cluster", async ({ skip }) => {
  skip(settings.install !== "chart", "KUBENURSE_TEST_INSTALL is not chart");
  const agents = await oneAgentPerNode(fleet);
  const [, nodes, each, all] =
    /^Series on (\d+) nodes: about (\d+) of each agent, (\d+) in all/m.exec(await chartNotes()) ?? [];
  expect(Number(nodes)).toBe(agents.length);
  expect(Number(all)).toBe(agents.length * Number(each));
  for (const { node, samples } of agents) {
    const own = samples.filter(({ name }) => name.startsWith("kubenurse_")).length;
    say(`  ${node}: ${own} series of about ${each}`);
    expect(own / Number(each)).toBeGreaterThan(0.8);
    expect(own / Number(each)).toBeLessThan(1.05);
  }
});

test("five rollout restarts count no failure", async () => {
  for (const turn of [1, 2, 3, 4, 5]) {
    await expectNoErrors(fleet, `rollout restart ${turn} of 5`, rolloutRestart);
  }
  expect(fleet.gone.length).toBeGreaterThanOrEqual(5 * fleet.live.length);
});

test("a deleted pod counts no failure", async () => {
  const [agent] = await oneAgentPerNode(fleet);
  await expectNoErrors(fleet, "deleting a pod", () =>
    kubectl("delete", "pod", agent?.name ?? "", "--namespace", namespace),
  );
});

test("a cordoned node counts no failure", async () => {
  const [agent] = await oneAgentPerNode(fleet);
  await using cordon = new AsyncDisposableStack();
  cordon.defer(async () => void (await kubectl("uncordon", agent?.node ?? "")));
  await expectNoErrors(fleet, "cordon", () => kubectl("cordon", agent?.node ?? ""));
  await expectNoErrors(fleet, "uncordon", () => kubectl("uncordon", agent?.node ?? ""));
});

test("a restart of the API server counts no failure and ends no agent", async ({ skip }) => {
  skip(settings.restartApi.length === 0, "KUBENURSE_TEST_RESTART_API is not set");
  const names = async () => (await oneAgentPerNode(fleet)).map(({ name }) => name);
  const before = await names();
  await expectNoErrors(fleet, "restarting the API server", async () => {
    await run(settings.restartApi);
    await waitFor("the API server", 120, () => api.text("/readyz"));
  });
  expect(await names()).toEqual(before);
  expect(restarts(fleet.live)).toEqual(fleet.live.map(() => 0));
  await waitFor(
    "every agent's fresh view",
    60,
    async () => (await failing(fleet, fleet.live)).length === 0 || undefined,
  );
});

test("checks by agents of another kind are counted, and forgotten after a minute", async () => {
  const agents = await oneAgentPerNode(fleet);
  const incomingAreAll = (count: number) => () =>
    agents.every(({ samples }) => total(samples, "kubenurse_neighbourhood_incoming_checks") === count) ||
    undefined;
  await waitFor("the agents' checks of each other", 60, incomingAreAll(agents.length - 1));
  for (const agent of agents)
    await fleet.get(agent, "/alwayshappy", { "Kubenurse-Neighbour-Origin": "other" });
  await waitFor("one more origin", 10, incomingAreAll(agents.length));
  await waitFor("the end of its minute", 75, incomingAreAll(agents.length - 1));
});

test("a black hole between two nodes shows on both within 12 s, on no other path, and clears", async ({
  skip,
}) => {
  skip(settings.nodeShell.length === 0, "KUBENURSE_TEST_NODE_SHELL is not set");
  const agents = await oneAgentPerNode(fleet);
  const [, from, to] = agents;
  if (from === undefined || to === undefined) throw new Error("this test needs three nodes");
  const both = [`${from.node} path_${to.node}`, `${to.node} path_${from.node}`].sort();
  const before = pathErrors(agents);
  const grown = () =>
    [...pathErrors(agents)]
      .filter(([path, count]) => count !== before.get(path))
      .map(([path]) => path)
      .sort();
  {
    await using _ = await openBlackHole(from.pod, to.pod);
    const start = performance.now();
    await waitFor(
      `errors of ${both.join(" and ")}`,
      12,
      () => both.every((path) => grown().includes(path)) || undefined,
    );
    say(`  both sides counted it after ${((performance.now() - start) / 1000).toFixed(1)} s`);
    await fleet.rounds(2);
    expect(grown()).toEqual(both);
  }
  await waitFor(
    "all checks to be ok again",
    12,
    async () => (await failing(fleet, agents)).length === 0 || undefined,
  );
  // An attempt that began in the fault may still fail by its deadline.
  await fleet.rounds(2);
  await expectNoErrors(fleet, "after the black hole", async () => {});
});

test("what an agent costs", async ({ skip }) => {
  skip(settings.nodeShell.length === 0, "KUBENURSE_TEST_NODE_SHELL is not set");
  const agents = await oneAgentPerNode(fleet);
  // Nobody reads metrics meanwhile: once a second would be much of the cost.
  await fleet[Symbol.asyncDispose]();
  const start = performance.now();
  const first = await Promise.all(agents.map(processFigures));
  await waitFor("a minute of undisturbed work", 70, () => performance.now() - start > 60_000 || undefined);
  const last = await Promise.all(agents.map(processFigures));
  const seconds = (performance.now() - start) / 1000;
  for (const [index, { node, log }] of agents.entries()) {
    const [was, is] = [first[index], last[index]];
    if (was === undefined || is === undefined) throw new Error(`no figures of ${node}`);
    const listening = log.lines.find(({ msg }) => msg === "kubenurse just started")?.time ?? Number.NaN;
    const figures = {
      "resident MB": is.residentMegabytes,
      "anonymous MB": is.anonymousMegabytes,
      [`% CPU over ${seconds.toFixed(0)} s`]: (100 * (is.cpuSeconds - was.cpuSeconds)) / seconds,
      "s from exec to listening": listening / 1000 - is.startedAt,
    };
    say(
      `  ${node}: ${Object.entries(figures)
        .map(([what, value]) => `${value.toFixed(2)} ${what}`)
        .join(", ")}`,
    );
    for (const value of Object.values(figures)) expect(value).toBeGreaterThan(0);
  }
});

function restarts(agents: readonly Agent[]) {
  return agents.map(({ pod }) => pod.status.containerStatuses?.[0]?.restartCount);
}

/** Failures counted of each path, by `<node> <type>`. */
function pathErrors(agents: readonly Agent[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { node, samples } of agents) {
    for (const { name, labels, value } of samples) {
      if (name !== "kubenurse_errors_total" || !labels.type?.startsWith("path_")) continue;
      const path = `${node} ${labels.type}`;
      sums.set(path, (sums.get(path) ?? 0) + value);
    }
  }
  return sums;
}
