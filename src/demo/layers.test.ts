import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { ports } from "./addresses.ts";
import { type DemoCluster, startDemoCluster } from "./cluster.ts";
import type { Fault } from "./faults.ts";

let cluster: DemoCluster;

/** A lookup that gets no answer takes ten seconds, and one may come after the other. */
const patience = 60_000;
vi.setConfig({ testTimeout: 2 * patience, hookTimeout: 2 * patience });
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: patience, interval: 50 });

beforeAll(async () => {
  const environment = { KUBENURSE_CHECK_INTERVAL: "1s" };
  cluster = await startDemoCluster({ nodes: 4, layers: true, environment });
  await eventually(expectSound);
});
afterEach(async () => {
  cluster.faults.heal();
  // What is under way may still fail, in the next test.
  await attemptsSince(Date.now() / 1000, 0);
  await eventually(expectSound);
});
afterAll(() => cluster.stop());

const nodes = ["node-1", "node-2", "node-3", "node-4"];
const onAll = (...types: string[]) => nodes.flatMap((node) => types.map((type) => `${node} ${type}`));

/** Every check of every node that had an attempt; `name` is such as `node-1 udp_node-2`. */
const checks = () =>
  cluster
    .nodes()
    .flatMap(({ name, results }) =>
      [...(results?.latest() ?? [])].map(([type, latest]) => ({ name: `${name} ${type}`, latest })),
    );

const failing = () =>
  checks().flatMap(({ name, latest }) => (latest.state === "failed" ? [`${name}: ${latest.detail}`] : []));

/** The checks of layers that each node has, beside one of each kind on a neighbour. */
const typical = ["dns_pod_coredns-2_tcp", "lookup_external", "api_server_endpoint_2", "me_service_address"];

function expectSound(): void {
  const now = checks();
  expect(now.filter(({ latest }) => latest.state !== "ok")).toEqual([]);
  const names = new Set(now.map(({ name }) => name));
  const neighbours = nodes.flatMap((node, place) =>
    ["path", "udp", "payload", "tcp"].map((probe) => `${node} ${probe}_${nodes[(place + 1) % nodes.length]}`),
  );
  expect([...onAll(...typical), ...neighbours].filter((name) => !names.has(name))).toEqual([]);
}

/** What failed until each check had an attempt that began after the fault, each with its last failure's words. */
async function failuresDuring(fault: Fault): Promise<ReadonlyMap<string, string>> {
  cluster.faults.add(fault);
  const failures = new Map<string, string>();
  await attemptsSince(Date.now() / 1000, 1, ({ name, latest }) => {
    if (latest.state === "failed") failures.set(name, latest.detail);
  });
  return failures;
}

/** A Service that fails in part is asked three times for each agent in one slot. */
const mostUnderWay = (check: string) => (check.endsWith(" me_service_address") ? 3 * nodes.length : 1);

/**
 * Waits until so many attempts of each check have ended since `begun`, in seconds, beside those that may have been under way then, and shows all
 * that ended since.
 */
async function attemptsSince(
  begun: number,
  count: number,
  show: (check: ReturnType<typeof checks>[number]) => void = () => {},
) {
  const ends = new Map<string, Set<number>>();
  await eventually(() => {
    for (const check of checks()) {
      const { name, latest } = check;
      const seen = ends.get(name) ?? new Set();
      ends.set(name, seen);
      if (!("at" in latest) || latest.at < begun) continue;
      seen.add(latest.at);
      show(check);
    }
    const isOpen = ([name, seen]: [string, Set<number>]) => seen.size < mostUnderWay(name) + count;
    expect([...ends].filter(isOpen).map(([name]) => name)).toEqual([]);
  });
}

/** Those that go to whichever endpoint it is their turn with. */
const byChance = /^node-\d (me_service|mesh_rotation)/;

/** The last figure of a node's series that begins so. */
async function sample(node: string, series: string): Promise<number> {
  const { address } = cluster.node(node);
  const text = await (await fetch(`http://${address}:${ports.agent}/metrics`)).text();
  const line = text.split("\n").find((line) => line.startsWith(series));
  return Number(line?.split(" ").at(-1));
}

test("a share of datagrams that gets lost fails nothing, and is told with its direction at both ends", async () => {
  const lossOf = (node: string, target: string, direction: string) =>
    sample(node, `kubenurse_probe_loss_ratio{probe="udp",target="${target}",direction="${direction}"}`);
  cluster.faults.add({ kind: "loss", share: 0.3, on: { from: "node-3", to: "node-4" }, only: "udp" });
  await eventually(async () => {
    expect(await lossOf("node-3", "node-4", "forward")).toBeGreaterThan(0.1);
    expect(await lossOf("node-4", "node-3", "reverse")).toBeGreaterThan(0.1);
  });
  expect(await lossOf("node-3", "node-4", "reverse")).toBe(0);
  expect(await lossOf("node-4", "node-3", "forward")).toBe(0);
  expect(failing()).toEqual([]);
});

test("datagrams that get lost fail the checks by datagrams, and nothing else", async () => {
  const failures = await failuresDuring({ kind: "black-hole", from: "node-1", to: "node-2", only: "udp" });
  expect([...failures.keys()].sort()).toEqual(["node-1 udp_node-2", "node-2 udp_node-1"]);
});

test("without the pod network between two nodes, the one that the nodes themselves use still works", async () => {
  const failures = await failuresDuring({
    ...{ kind: "black-hole", from: "node-1", to: "node-2", only: "overlay" },
  });
  const certain = [...failures.keys()].filter((name) => !byChance.test(name)).sort();
  expect(certain).toEqual([
    ...["path", "payload", "udp"].map((probe) => `node-1 ${probe}_node-2`),
    ...["path", "payload", "udp"].map((probe) => `node-2 ${probe}_node-1`),
  ]);
});

test("where large packets get lost it is said in which direction", async () => {
  const failures = await failuresDuring({
    kind: "mtu",
    on: { from: "any", to: "node-2" },
    only: "overlay",
  });
  const out = ["node-1", "node-3", "node-4"].map((node) => `${node} payload_node-2`);
  const back = ["node-1", "node-3", "node-4"].map((node) => `node-2 payload_${node}`);
  expect([...failures.keys()].sort()).toEqual([...out, ...back].sort());
  for (const name of out) expect(failures.get(name)).toContain("16 KiB stall out, small");
  for (const name of back) expect(failures.get(name)).toContain("16 KiB stall in, small");
});

test("where DNS over TCP is lost, that over UDP works", async () => {
  const failures = await failuresDuring({ kind: "lost-dns", protocol: "tcp" });
  const expected = onAll("dns_service_tcp", "dns_pod_coredns-1_tcp", "dns_pod_coredns-2_tcp");
  expect([...failures.keys()].sort()).toEqual(expected.sort());
});

test("a dead DNS pod fails by itself always, and behind the Service by its share", async () => {
  const failures = await failuresDuring({ kind: "dead-dns", replica: 1 });
  const names = [...failures.keys()];
  const pods = names.filter((name) => name.includes("dns_pod")).sort();
  expect(pods).toEqual(onAll("dns_pod_coredns-1_tcp", "dns_pod_coredns-1_udp").sort());
  expect(names.filter((name) => name.includes("dns_service")).length).toBeGreaterThan(0);
  // All that asks for a name asks that pod in its turn.
  const others = /^node-\d (me_|api_server_d|lookup_|dns_)/;
  expect(names.filter((name) => !others.test(name))).toEqual([]);
});

test("a dead API server fails by its own address always, and behind the Service by its share", async () => {
  const failures = await failuresDuring({ kind: "dead-api", replica: 1 });
  const endpoints = [...failures.keys()].filter((name) => !/ api_server_(direct|dns|kept)/.test(name));
  expect(endpoints.sort(), [...failures.values()].join("\n")).toEqual(onAll("api_server_endpoint_1").sort());
});

test("a starved agent reports itself, and neither it nor its neighbours a failure", async () => {
  const failures = await failuresDuring({ kind: "starve", node: "node-3" });
  expect(failures).toEqual(new Map());
  expect(await sample("node-3", `kubenurse_discarded_checks_total{why="self-stalled"}`)).toBeGreaterThan(0);
});
