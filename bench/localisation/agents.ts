import { setTimeout as pause } from "node:timers/promises";
import { type DemoCluster, startDemoCluster } from "../../src/demo/cluster.ts";
import type { Fault } from "../../src/demo/faults.ts";
import { type FindingWatch, watchFindings } from "../../src/demo/findingWatch.ts";

/** A fault of the embedded cluster, and how the findings begin that name it; nothing else is to open. */
interface Kind {
  readonly fault: Fault;
  readonly named: readonly string[];
  /** It is waited for so long; absent means a minute. */
  readonly seconds?: number;
  /** What has to change for the fault to show. */
  readonly change?: (cluster: DemoCluster) => Promise<unknown>;
}

const kinds: Readonly<Record<string, Kind>> = {
  "node down": { fault: { kind: "dead-node", node: "node-3" }, named: ["node node-3"] },
  "pair of nodes cut": {
    fault: { kind: "black-hole", from: "node-1", to: "node-2" },
    named: ["pair node-1 → node-2", "pair node-2 → node-1"],
  },
  "pod network of a pair cut": {
    fault: { kind: "black-hole", from: "node-1", to: "node-2", only: "overlay" },
    named: ["pair node-1 → node-2", "pair node-2 → node-1"],
  },
  "node loses 20 %": {
    fault: { kind: "loss", share: 0.2, on: { node: "node-2" } },
    named: ["node node-2"],
  },
  "large packets to a node lost": {
    fault: { kind: "mtu", on: { from: "any", to: "node-2" }, only: "overlay" },
    named: ["node node-2"],
  },
  "DNS pod dead": { fault: { kind: "dead-dns", replica: 1 }, named: ["dns coredns-1"] },
  "DNS over TCP lost": { fault: { kind: "lost-dns", protocol: "tcp" }, named: ["cluster_dns"] },
  "API server down": { fault: { kind: "dead-api", replica: 1 }, named: ["apiserver api_server_1"] },
  "ingress down": { fault: { kind: "ingress-502" }, named: ["ingress"] },
  "Service rules of a node stale": {
    fault: { kind: "stale-proxy", node: "node-2" },
    named: ["proxy node-2"],
    // A new endpoint is missed for sure only after some eighty connections, of which a node makes two in ten seconds.
    seconds: 600,
    change: (cluster) => cluster.addNode(),
  },
  "agent starved": { fault: { kind: "starve", node: "node-3" }, named: ["agent node-3"] },
};

const seconds = { settle: 30, fault: 60, heal: 120, look: 0.1 };

/** Breaks a cluster of real agents in each way that it can be broken, and prints what its leader says. */
export async function tryAgents(
  nodes: number,
  trials: number,
  only: string,
  print: (line: string) => void,
): Promise<void> {
  print(
    "| fault | finding | seconds from the fault | seconds from its end to the finding's | what else opened |",
  );
  print("|---|---|---|---|---|");
  for (const [name, kind] of Object.entries(kinds).filter(([name]) => name.includes(only))) {
    for (let trial = 0; trial < trials; trial += 1) print(`| ${name} | ${await tryKind(nodes, kind)} |`);
  }
}

async function tryKind(
  nodes: number,
  { fault, named, change, seconds: most = seconds.fault }: Kind,
): Promise<string> {
  await using cluster = await startDemoCluster({ nodes, layers: true });
  using watch = watchFindings(cluster);
  await pause(seconds.settle * 1000);
  await until(watch.isQuiet, seconds.heal);

  const isNamed = (what: string) => named.some((prefix) => what.startsWith(prefix));
  const right = () => watch.sightings().filter(({ what }) => isNamed(what));
  const begun = performance.now() / 1000;
  cluster.faults.add(fault);
  await change?.(cluster);
  await until(() => right().length > 0, most);
  // What else is found a little later counts, too.
  await pause(seconds.settle * 500);
  cluster.faults.heal();
  const healed = performance.now() / 1000;
  const isClosed = () => watch.sightings().every(({ closedAt }) => closedAt !== undefined);
  const closed = await until(isClosed, seconds.heal);

  const [first] = right();
  const others = watch.sightings().filter(({ what }) => !isNamed(what));
  return [
    right()
      .map(({ what }) => what)
      .join(", ") || "none",
    first === undefined ? "–" : (first.openedAt - begun).toFixed(1),
    closed ? (performance.now() / 1000 - healed).toFixed(1) : "still open",
    othersIn(others),
  ].join(" | ");
}

function othersIn(others: ReturnType<FindingWatch["sightings"]>): string {
  return others.map(({ what }) => what).join(", ") || "nothing";
}

/** Whether it came true in so many seconds. */
async function until(isTrue: () => boolean, most: number): Promise<boolean> {
  const end = performance.now() / 1000 + most;
  while (performance.now() / 1000 < end) {
    if (isTrue()) return true;
    await pause(seconds.look * 1000);
  }
  return false;
}
