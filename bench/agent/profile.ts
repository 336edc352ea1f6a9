import { readFileSync } from "node:fs";
import type { HeapProfiler, Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How much of the busy time of a process was spent in one function itself, not in what it calls. */
export interface SelfTime {
  readonly name: string;
  readonly share: number;
}

export type Allocations = HeapProfiler.SamplingHeapProfile;

export const profileSeconds = 30;

/** Watches what this process does. */
export async function profileThisProcess(): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  await sleep(profileSeconds * 1000);
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return profile;
}

/** What this process allocates, the garbage included, by the function that allocated it. */
export async function sampleAllocations(): Promise<Allocations> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 4096,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await sleep(profileSeconds * 1000);
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return profile;
}

/** With the file of a bundle's source in place of the bundle; to be called while the bundle is there. */
export function withSources({ nodes, ...profile }: Profiler.Profile): Profiler.Profile {
  return { ...profile, nodes: nodes.map((node) => ({ ...node, callFrame: withSource(node.callFrame) })) };
}

/** As `withSources`. */
export function withSourcesInTree({ head, ...profile }: Allocations): Allocations {
  const located = ({ callFrame, children, ...node }: Allocations["head"]): Allocations["head"] => ({
    ...node,
    callFrame: withSource(callFrame),
    children: children.map(located),
  });
  return { ...profile, head: located(head) };
}

function withSource<Frame extends { readonly url: string; readonly lineNumber: number }>(
  frame: Frame,
): Frame {
  const { url, lineNumber } = frame;
  if (!url.startsWith("file:")) return frame;
  // The bundle says above each module where it came from.
  const above = readFileSync(fileURLToPath(url), "utf8").split("\n").slice(0, lineNumber);
  const source = above.findLast((line) => /^\/\/ (src|node_modules|bench)\//.test(line));
  return { ...frame, url: source?.slice(3) ?? url };
}

/** The functions that took most come first; the profiler itself and the time when nothing was to be done are left out. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfTime[] {
  const nameOf = ({ functionName, url }: (typeof nodes)[number]["callFrame"]) =>
    `${functionName || "(anonymous)"} ${url}`.trim();
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
  for (const name of ["(idle)", "post node:inspector"]) times.delete(name);
  const busy = times.values().reduce((sum, time) => sum + time, 0);
  return [...times].sort(([, a], [, b]) => b - a).map(([name, time]) => ({ name, share: time / busy }));
}
