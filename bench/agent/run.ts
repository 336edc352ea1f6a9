import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Profiler } from "node:inspector";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startDemoCluster } from "../../src/demo/cluster.ts";
import { type MeasuredProcess, startProcess } from "./measuredProcess.ts";
import { addMeasuredNode } from "./place.ts";
import { type Look, printFigures, printProfile } from "./print.ts";
import { type Allocations, profileSeconds, selfTimes, withSources, withSourcesInTree } from "./profile.ts";
import { buildPrograms, buildProgramsOf, type Programs } from "./programs.ts";
import { ask, askAgain, askAsNeighbours, readMetrics, untilAnswered } from "./requests.ts";
import type { Traffic } from "./traffic.ts";
import { always, builtFrom, byKind, everyProbe, parseVariant, type Variant } from "./variants.ts";

/**
 * What agents in processes of their own cost among others that check them in turn, beside a bare HTTP server.
 * Usage: node bench/agent/run.ts [SECONDS] [--kinds] [--variant="NAME=VALUE --node-option ..." ...] [--nodes=12] [--against=TREE ...] [--profile=FILE] [--allocations=FILE]
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    kinds: { type: "boolean", default: false },
    variant: { type: "string", multiple: true, default: [] },
    nodes: { type: "string", default: "12" },
    against: { type: "string", multiple: true, default: [] },
    profile: { type: "string" },
    allocations: { type: "string" },
  },
});
const seconds = Number(positionals[0] ?? 300);
const variants = [
  ...(values.against.length > 0 ? [everyProbe] : always),
  ...(values.kinds ? byKind : []),
  ...values.variant.map(parseVariant),
  ...values.against.map((tree) => builtFrom(resolve(tree))),
];
/** Of the cluster in the benchmark's own process, beside the measured ones. */
const nodes = Number(values.nodes);
const warmUpSeconds = 60;

interface Measured {
  readonly name: string;
  readonly address: string;
  readonly process: MeasuredProcess;
}

await using stack = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), "kubenurse-bench-"));
stack.defer(() => rm(directory, { recursive: true }));
const programs = await buildPrograms(directory);
const cluster = stack.use(await startDemoCluster({ nodes, layers: true }));
const ending = new AbortController();
stack.defer(() => ending.abort());

const agents = await startAgents();
const bare = await startBareServer();
const all = [...agents, bare];
for (const { address } of all) askAgain(address, ending.signal);
askAsNeighbours(bare.address, ending.signal);

note(`warming up for ${warmUpSeconds} s`);
await sleep(warmUpSeconds * 1000);
note(`measuring for ${seconds} s`);
const before = await Promise.all(all.map(look));
const anonymousPeaks = await watchMemory();
const after = await Promise.all(all.map(look));
const metrics = await Promise.all(all.map(({ address }) => readMetrics(address)));
printFigures(
  `${nodes} nodes and ${agents.length} measured ones, ${seconds} s, node ${programs.nodeOptions.join(" ")}`,
  all.map(({ name }, index) => ({
    ...{ name, metrics: metrics[index], anonymousPeak: anonymousPeaks[index] ?? 0 },
    ...{ before: before[index], after: after[index] },
  })),
);
note(`profiling for ${profileSeconds} s`);
const recorded = await agents[0]?.process.ask<Profiler.Profile>("profile");
if (recorded !== undefined) {
  const profile = withSources(recorded);
  printProfile(selfTimes(profile).slice(0, 10));
  if (values.profile !== undefined) await writeFile(values.profile, JSON.stringify(profile));
}

if (values.allocations !== undefined) {
  note(`sampling allocations for ${profileSeconds} s`);
  const sampled = await agents[0]?.process.ask<Allocations>("allocations");
  await writeFile(values.allocations, JSON.stringify(sampled && withSourcesInTree(sampled)));
}

async function startAgents(): Promise<Measured[]> {
  const places = await Promise.all(variants.map((_, index) => addMeasuredNode(cluster, nodes + 1 + index)));
  for (const { kubelet } of places) stack.defer(() => kubelet.close());
  const started: Measured[] = [];
  for (const [index, place] of places.entries()) {
    const variant = variants[index] ?? everyProbe;
    const { agent, nodeOptions } = await programsOf(variant, index);
    const whole = { ...place.environment(places), ...variant.environment };
    const process = startProcess([...(variant.nodeOptions ?? nodeOptions), agent], whole);
    stack.defer(() => process.stop());
    started.push({ name: variant.name, address: place.address, process });
  }
  await Promise.all(started.map(({ address }) => untilAnswered(address)));
  for (const place of places) place.becomeReady();
  return started;
}

function programsOf({ tree }: Variant, index: number): Programs | Promise<Programs> {
  return tree === undefined ? programs : buildProgramsOf(tree, join(directory, String(index)));
}

async function startBareServer(): Promise<Measured> {
  const file = join(directory, "metrics");
  await writeFile(file, await ask(agents[0]?.address ?? "", "/metrics"));
  const address = cluster.addresses.pod(1, nodes + variants.length + 1);
  const process = startProcess([...programs.nodeOptions, programs.bareServer], {
    BENCH_ADDRESS: address,
    BENCH_METRICS: file,
  });
  stack.defer(() => process.stop());
  await untilAnswered(address);
  return { name: "a bare HTTP server", address, process };
}

async function look(measured: Measured): Promise<Look> {
  const traffic = measured === bare ? undefined : await measured.process.ask<Traffic>("traffic");
  return { at: performance.now() / 1000, usage: await measured.process.usage(), traffic };
}

/** Looks every second; returns the most anonymous memory of each process. */
async function watchMemory(): Promise<number[]> {
  const peaks = all.map(() => 0);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await sleep(1000);
    const now = await Promise.all(all.map(({ process }) => process.usage()));
    for (const [index, { anonymous }] of now.entries()) peaks[index] = Math.max(anonymous, peaks[index] ?? 0);
  }
  return peaks;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
