import { expect, test } from "vitest";
import { fastClock, testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { startKubernetes, type TestKubernetes } from "../../test/peers/kubernetes.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes } from "../discovery/connection.ts";
import type { Peer } from "../discovery/peer.ts";
import { wait } from "../lib/wait.ts";
import { createTrust } from "../probes/http/trust.ts";
import { createDiagnosis, type Diagnosis } from "./diagnosis.ts";
import type { Report } from "./report.ts";

/** Windows of five seconds take one. */
const clock = fastClock(5);
const names = [1, 2, 3, 4, 5, 6].map((n) => `node-${n}`);
const peerOf = (nodeName: string, n: number): Peer => ({
  ...{ nodeName, podName: `nurse-${nodeName}`, podIP: `10.0.0.${n + 1}`, hostIP: "", settledAt: 0 },
});

/** The diagnosis of an agent whose pod and rank are those of a node; it hears of no other agent but by `receive`. */
async function startDiagnosis(
  kubernetes: TestKubernetes,
  rank: number,
  environment: Record<string, string> = {},
  localAddresses: readonly string[] = [],
): Promise<Diagnosis & AsyncDisposable> {
  const { config } = loadConfig({ ...kubernetes.environment, KUBENURSE_NAMESPACE: "nurses", ...environment });
  const { serviceAccountDirectory } = kubernetes;
  const node = names[rank] ?? "";
  const edges = testEdges({
    ...{ clock, hostname: `nurse-${node}`, serviceAccountDirectory },
    localAddresses: () => localAddresses,
  });
  const diagnosis = createDiagnosis({
    ...{ config, edges, trust: createTrust(true, []), rank: () => rank },
    view: () => ({ state: "fresh", peers: names.map(peerOf).filter(({ nodeName }) => nodeName !== node) }),
    ownNode: () => ({ name: node, schedulable: true }),
  });
  diagnosis.start(await connectToKubernetes(config, serviceAccountDirectory));
  return { ...diagnosis, [Symbol.asyncDispose]: diagnosis.stop };
}

/** What an agent says that reaches all nodes but those that are dead. */
function reportOf(node: string, until: number, dead: readonly string[]): Report {
  const probes = ["http", "udp", "tcp"] as const;
  const others = names.filter((name) => name !== node);
  return {
    ...{ version: 1, node, pod: `nurse-${node}`, sequence: until / 5, from: until - 5, until },
    flows: others.flatMap((name) =>
      probes.map((probe) => ({
        ...{ probe, target: { kind: "node", node: name } as const, discarded: 0 },
        ...(dead.includes(name) ? { good: 0, bad: { connect_timeout: 2 } } : { good: 2, bad: {} }),
      })),
    ),
    health: { loopDelaySeconds: 0, throttledShare: 0, discardedShare: 0, selfReachable: true },
  };
}

/** Brings the reports of all agents that live to `diagnosis` at the end of each window. */
function bringReports(diagnosis: Pick<Diagnosis, "receive">, dead: readonly string[]): Disposable {
  const ending = new AbortController();
  const bring = async () => {
    for (let until = 5 * Math.ceil(clock.wallNow() / 5); ; until += 5) {
      await wait(clock, until - clock.wallNow(), ending.signal);
      if (ending.signal.aborted) return;
      const living = names.filter((name) => !dead.includes(name));
      for (const name of living) {
        void diagnosis.receive(reportOf(name, until, dead), { body: new Uint8Array() }, false);
      }
    }
  };
  void bring();
  return { [Symbol.dispose]: () => ending.abort() };
}

const namedIn = (diagnosis: Diagnosis) => diagnosis.view.analysis()?.open.map(({ cause }) => cause) ?? [];

test("who leads judges all reports and tells the cluster; whoever follows goes on with the same finding", async () => {
  await using kubernetes = await startKubernetes();
  const { store } = kubernetes.api;
  await using first = await startDiagnosis(kubernetes, 0);
  await eventually(() => expect(first.view.leadership()).toEqual({ state: "self" }));
  await using second = await startDiagnosis(kubernetes, 1);
  await eventually(() =>
    expect(second.view.leadership()).toMatchObject({ state: "peer", pod: "nurse-node-1" }),
  );
  expect(await second.receive(reportOf("node-2", 5, []), { body: new Uint8Array() }, false)).toBe("refused");

  const well = bringReports(first, []);
  await eventually(() => expect(first.view.analysis()?.reports.length).toBeGreaterThan(12));
  expect(namedIn(first)).toEqual([]);
  well[Symbol.dispose]();
  const sick = bringReports(first, ["node-6"]);
  await eventually(() => expect(namedIn(first)).toEqual(["node_down"]));
  const [finding] = first.view.analysis()?.open ?? [];
  expect([first.view.opened(), first.view.agentNodes()?.toSorted()]).toEqual([1, names]);
  await eventually(() => {
    expect(store.list("events")).toMatchObject([{ involvedObject: { name: "node-6" } }]);
    expect(store.get("configmaps", "kubenurse-findings", "nurses")).toMatchObject({
      data: { open: expect.stringContaining(finding?.id ?? "") },
    });
  });

  sick[Symbol.dispose]();
  await first.stop();
  await eventually(() => expect(second.view.leadership()).toEqual({ state: "self" }));
  using _still = bringReports(second, ["node-6"]);
  await eventually(() => expect(second.view.analysis()?.open.map(({ id }) => id)).toEqual([finding?.id]));
  expect(second.view.opened()).toBe(0);
  expect(store.list("events")).toHaveLength(1);
});

test("an agent that does not lead, or that nobody may lead, judges what it saw itself", async () => {
  await using kubernetes = await startKubernetes();
  await using alone = await startDiagnosis(kubernetes, 1, { KUBENURSE_DIAGNOSIS: "alone" });
  await using leader = await startDiagnosis(kubernetes, 0);
  await eventually(() => expect(leader.view.leadership()).toEqual({ state: "self" }));
  await using follower = await startDiagnosis(kubernetes, 2);
  await eventually(() => expect(follower.view.leadership().state).toBe("peer"));

  expect(alone.view.leadership()).toEqual({ state: "alone" });
  const until = 5 * Math.ceil(clock.wallNow() / 5);
  await wait(clock, until - clock.wallNow(), new AbortController().signal);
  for (const own of [alone, follower]) own.offer(reportOf("node-2", until, []));
  for (const own of [alone, follower]) {
    await eventually(() => expect(own.view.analysis()?.reports.map(({ node }) => node)).toEqual(["node-2"]));
  }
  expect(kubernetes.api.store.list("configmaps")).toEqual([]);
});

test("a leader in its node's network names the node's address, not the first of all", async () => {
  await using kubernetes = await startKubernetes();
  const local = ["198.51.100.7", "192.0.2.1"];
  await using _ = await startDiagnosis(kubernetes, 0, { KUBENURSE_NODE_ADDRESS: "192.0.2.1" }, local);
  await eventually(() => {
    const [lease] = kubernetes.api.store.list("leases");
    expect(JSON.stringify(lease)).toContain('"192.0.2.1:8080"');
  });
});
