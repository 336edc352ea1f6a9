import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ports } from "./addresses.ts";
import { type DemoCluster, startDemoCluster } from "./cluster.ts";
import { listen } from "./network/listener.ts";

const patience = { timeout: 15_000, interval: 50 };

const start = (nodes = 4) => startDemoCluster({ nodes, environment: { KUBENURSE_CHECK_INTERVAL: "1s" } });

/** What each check of a node says at the moment, such as `path_node-2 ok`. */
function said(cluster: DemoCluster, node: string): string[] {
  return [...(cluster.node(node).results?.compatibleLatest() ?? [])]
    .map(([type, latest]) => `${type} ${latest.state === "failed" ? latest.detail : latest.state}`)
    .sort();
}

const allOk = (...peers: string[]) => [
  "api_server_direct ok",
  "api_server_dns ok",
  "me_ingress ok",
  "me_service ok",
  ...peers.map((peer) => `path_${peer} ok`),
];

const soon = (check: () => void) => vi.waitFor(check, patience);

test.concurrent("all checks of a sound cluster are ok, and nothing is left when it stopped", async () => {
  const cluster = await start();
  const { addresses } = cluster;
  await soon(() => expect(said(cluster, "node-1")).toEqual(allOk("node-2", "node-3", "node-4")));
  await soon(() => expect(said(cluster, "node-4")).toEqual(allOk("node-1", "node-2", "node-3")));
  await cluster.stop();
  for (const [address, port] of [
    [addresses.pod(1, 1), ports.agent],
    [addresses.node(1, 1), ports.kubelet],
    [addresses.apiServer, ports.apiServer],
    [addresses.apiServerEndpoints[1], ports.apiServer],
    [addresses.ingress, ports.ingress],
    [addresses.dns[1], ports.dns],
  ] as const) {
    await (await listen(createServer(), address, port)).close();
  }
}, 30_000);

test.concurrent("a one-way black hole stops checks in both directions, those of no other link, and heals", async () => {
  await using cluster = await start(3);
  await soon(() => expect(said(cluster, "node-2")).toEqual(allOk("node-1", "node-3")));
  const { id } = cluster.faults.add({ kind: "black-hole", from: "node-1", to: "node-2" });
  await soon(() => expect(said(cluster, "node-1")).toContain("path_node-2 connect: no answer within 5 s"));
  await soon(() => expect(said(cluster, "node-2")).toContain("path_node-1 connect: no answer within 5 s"));
  expect(said(cluster, "node-3").filter((one) => one.startsWith("path"))).toEqual([
    "path_node-1 ok",
    "path_node-2 ok",
  ]);
  cluster.faults.heal(id);
  await soon(() => expect(said(cluster, "node-1")).toContain("path_node-2 ok"));
}, 40_000);

test.concurrent("a dead node answers nobody while its pod stays, and comes back", async () => {
  await using cluster = await start(3);
  await soon(() => expect(said(cluster, "node-1")).toEqual(allOk("node-2", "node-3")));
  const { podName } = cluster.node("node-3");
  cluster.faults.add({ kind: "dead-node", node: "node-3" });
  await soon(() => expect(said(cluster, "node-1")).toContain("path_node-3 connect: no answer within 5 s"));
  expect(cluster.node("node-3")).toMatchObject({ state: "dead", results: undefined });
  expect(cluster.apiServer.store.get("pods", podName, "kube-system")).toMatchObject({
    status: { phase: "Running" },
  });
  cluster.faults.heal();
  await soon(() => expect(said(cluster, "node-1")).toContain("path_node-3 ok"));
  await soon(() => expect(said(cluster, "node-3")).toEqual(allOk("node-1", "node-2")));
}, 40_000);

test.concurrent("a frozen agent accepts and answers nothing, and checks nothing, until it is thawed", async () => {
  await using cluster = await start(3);
  await soon(() => expect(said(cluster, "node-3")).toEqual(allOk("node-1", "node-2")));
  cluster.faults.add({ kind: "freeze", node: "node-3" });
  const before = cluster.node("node-3").results?.latest().get("path_node-1");
  await soon(() => expect(said(cluster, "node-1")).toContain("path_node-3 processing: no answer within 6 s"));
  const frozen = cluster.node("node-3").results?.latest().get("path_node-1");
  expect(at(frozen) - at(before)).toBeLessThan(1);
  cluster.faults.heal();
  await soon(() => expect(said(cluster, "node-1")).toContain("path_node-3 ok"));
  await soon(() =>
    expect(at(cluster.node("node-3").results?.latest().get("path_node-1"))).toBeGreaterThan(at(frozen)),
  );
}, 40_000);

const at = (latest: object | undefined) =>
  latest !== undefined && "at" in latest ? Number(latest.at) : Number.NaN;

test.concurrent("the Service's endpoint refuses, the ingress answers 502, a DNS replica is dead: each shows where it must", async () => {
  await using cluster = await start(3);
  const everywhere = () => cluster.nodes().flatMap(({ name }) => said(cluster, name));
  const failing = () => everywhere().filter((one) => !one.endsWith(" ok"));
  await soon(() => expect(everywhere()).toHaveLength(18));
  await soon(() => expect(failing()).toEqual([]));

  cluster.faults.add({ kind: "refuse", node: "node-2" });
  const { address } = cluster.node("node-2");
  await soon(() => expect(failing()).toContain(`me_service connect ECONNREFUSED ${address}:1`));
  expect(new Set(failing())).toEqual(new Set([`me_service connect ECONNREFUSED ${address}:1`]));
  cluster.faults.heal();
  await soon(() => expect(failing()).toEqual([]));

  cluster.faults.add({ kind: "ingress-502" });
  await soon(() => expect(failing()).toEqual(Array(3).fill("me_ingress 502 Bad Gateway")));
  cluster.faults.heal();
  await soon(() => expect(failing()).toEqual([]));

  cluster.faults.add({ kind: "dead-dns", replica: 2 });
  await soon(() => expect(failing().length).toBeGreaterThan(0));
  for (const one of failing())
    expect(one).toMatch(/^(me_ingress|me_service|api_server_dns) resolve: no answer within 5 s$/);
}, 60_000);

test.concurrent("nodes come and go, are cordoned, and pods are replaced, without one failure", async () => {
  await using cluster = await start(3);
  const newest = () => said(cluster, "node-4");
  const { name } = await cluster.addNode();
  expect(name).toBe("node-4");
  await soon(() => expect(newest()).toEqual(allOk("node-1", "node-2", "node-3")));
  await cluster.removeNode("node-2");
  await soon(() => expect(newest()).toEqual(allOk("node-1", "node-3")));
  cluster.cordon("node-3");
  await soon(() => expect(newest()).toEqual(allOk("node-1")));
  cluster.uncordon("node-3");
  await soon(() => expect(newest()).toEqual(allOk("node-1", "node-3")));
  const old = cluster.nodes().map(({ podName }) => podName);
  await cluster.rolloutRestart();
  const pods = cluster.apiServer.store.list("pods").map(({ metadata }) => metadata.name);
  expect(pods).toHaveLength(3);
  expect(pods.filter((name) => old.includes(name))).toEqual([]);
  await soon(() => expect(newest()).toEqual(allOk("node-1", "node-3")));
  for (const { results } of cluster.nodes()) {
    for (const { type } of results?.subjects() ?? [])
      expect([type, results?.recent(type)?.failures]).toEqual([type, 0]);
  }
}, 60_000);

test("the service account's files go with the cluster", async () => {
  const directory = mkdtempSync(join(tmpdir(), "demo-test-"));
  vi.stubEnv("TMPDIR", directory);
  try {
    const cluster = await start(3);
    expect(readdirSync(directory)).toHaveLength(1);
    await cluster.stop();
    expect(readdirSync(directory)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  }
}, 30_000);

test("settings that are no good are refused, and nothing stays behind", async () => {
  const environment = { KUBENURSE_CHECK_INTERVAL: "often" };
  await expect(startDemoCluster({ nodes: 3, environment })).rejects.toThrow("KUBENURSE_CHECK_INTERVAL");
});
