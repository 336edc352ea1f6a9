import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type DemoCluster, startDemoCluster } from "../../src/demo/cluster.ts";
import type { Fault } from "../../src/demo/faults.ts";
import { type FindingWatch, watchFindings } from "../../src/demo/findingWatch.ts";
import { leadersAnalysis } from "../../src/demo/leadersAnalysis.ts";

/** What is broken, how, and the findings that must open, in the order of the alphabet. */
export type Trial = readonly [string, Fault, readonly string[]];

let cluster: DemoCluster;
let watch: FindingWatch;

/** On a busy machine all agents, which are in one process, are late. */
const patience = 180_000;
vi.setConfig({ testTimeout: 3 * patience, hookTimeout: patience });
const eventually = (check: () => void) => vi.waitFor(check, { timeout: patience, interval: 100 });
const quiet = () => eventually(() => expect(watch.isQuiet()).toBe(true));
const now = () => performance.now() / 1000;

beforeAll(async () => {
  cluster = await startDemoCluster({ nodes: 12, layers: true });
  watch = watchFindings(cluster);
  await quiet();
});
afterEach(async () => {
  cluster.faults.heal();
  await quiet();
});
afterAll(async () => {
  watch[Symbol.dispose]();
  await cluster.stop();
});

const seen = (from = 0) =>
  watch
    .sightings()
    .slice(from)
    .map(({ what }) => what);

/** Waits until the leader has judged what it gets from now on: three windows of ten seconds, of which two open a finding. */
async function judged(): Promise<void> {
  const from = Date.now() / 1000;
  await eventually(() => expect(leadersAnalysis(cluster.nodes())?.until).toBeGreaterThan(from + 20));
}

export function plannedChangeOpensNothing(): void {
  test("planned change opens nothing: a cordon, nodes that go and come, a restart of the API server", async () => {
    await judged();
    cluster.cordon("node-4");
    await cluster.node("node-4").stopPod();
    await judged();
    await cluster.node("node-4").startPod();
    cluster.uncordon("node-4");
    await cluster.removeNode("node-5");
    await judged();
    await cluster.addNode();
    await cluster.apiServer.stop();
    await judged();
    await cluster.apiServer.start();
    await judged();
    expect(seen()).toEqual([]);
  });
}

export function rolloutOpensNothing(): void {
  test("a rollout opens nothing", async () => {
    await judged();
    await cluster.rolloutRestart();
    await judged();
    expect(seen()).toEqual([]);
  });
}

export function eachIsNamed(trials: readonly Trial[]): void {
  test.each(trials)("%s is named and nothing else, until it is well again", async (_, fault, expected) => {
    const before = watch.sightings().length;
    const begun = now();
    cluster.faults.add(fault);
    await eventually(() => expect(seen(before).toSorted()).toEqual(expected));
    const found = now();
    await judged();
    expect(seen(before).toSorted()).toEqual(expected);
    cluster.faults.heal();
    const healed = now();
    await quiet();
    expect(seen(before).toSorted()).toEqual(expected);
    const [took, closed] = [found - begun, now() - healed].map((seconds) => seconds.toFixed(1));
    process.stdout.write(`${expected}: open after ${took} s, closed ${closed} s after the heal\n`);
  });
}
