import { createAnalysis } from "../../src/diagnosis/analysis.ts";
import type { Finding } from "../../src/diagnosis/finding.ts";
import { reportSeconds } from "../../src/diagnosis/report.ts";
import { makeCluster } from "./cluster.ts";
import type { Fault } from "./faults.ts";
import { createReadings } from "./readings.ts";

/** A node in planned change: its agent is away, and told to be so or not. */
interface Change {
  readonly node: number;
  readonly from: number;
  readonly until: number;
  readonly kind: "restart" | "drain" | "leave";
}

const secondsBetweenChanges = 120;
/** What an agent that is replaced fails to answer before all know; the checks' own grace leaves nothing of it, so this is harder than real. */
const blipSeconds = 1;

/** Runs a cluster with background loss and planned change, and yields what was found, all of it false. */
export function runQuietHours(
  size: number,
  { hours, background, random }: { hours: number; background: number; random: () => number },
): { readonly findings: readonly Finding[]; readonly changes: number } {
  const cluster = makeCluster(size, random);
  const readings = createReadings(cluster, background, random);
  const start = 1_800_000_000;
  const analysis = createAnalysis(start);
  const found = new Map<string, Finding>();
  let changes: readonly Change[] = [];
  let count = 0;
  for (let until = start + reportSeconds; until <= start + 3600 * hours; until += reportSeconds) {
    const from = until - reportSeconds;
    if ((from - start) % secondsBetweenChanges === 0) {
      changes = [...changes.filter((change) => change.until > from), someChange(size, from, random)];
      count += 1;
    }
    const away = new Set(changes.filter((change) => isAway(change, from)).map(({ node }) => node));
    const leaving = changes.filter((change) => change.from === from).map(({ node }) => node);
    const now = until + 0.5;
    for (const report of readings.next(until, { ...blip(leaving, from), away })) analysis.accept(report, now);
    analysis.follow(nodesAt(cluster.nodes, changes, until), now);
    analysis.advance(now + (away.size > 0 ? 1.5 : 0));
    for (const finding of [...analysis.open(), ...analysis.closed()]) found.set(finding.id, finding);
  }
  return { findings: [...found.values()], changes: count };
}

function someChange(size: number, from: number, random: () => number): Change {
  const kind = (["restart", "drain", "leave"] as const)[Math.floor(3 * random())] ?? "restart";
  const seconds = { restart: 15, drain: 90, leave: 60 }[kind];
  return { kind, from, until: from + seconds, node: Math.floor(size * random()) };
}

/** The first window has the blip, the following ones are without the agent. */
function isAway({ from, until }: Change, at: number): boolean {
  return at > from && at < until;
}

function blip(
  leaving: readonly number[],
  from: number,
): { fault?: Fault; faultFrom?: number; faultUntil?: number } {
  const [node] = leaving;
  if (node === undefined) return {};
  const loses: Fault["loses"] = ({ to, network }) => (to === node && network === "pod" ? 1 : 0);
  const begun = from + reportSeconds - blipSeconds;
  return { fault: { kind: "restart", loses, truth: [] }, faultFrom: begun, faultUntil: begun + blipSeconds };
}

function nodesAt(
  nodes: readonly { readonly name: string; readonly zone: string }[],
  changes: readonly Change[],
  at: number,
) {
  const inChange = new Map(changes.filter((change) => isAway(change, at)).map((one) => [one.node, one.kind]));
  return nodes.flatMap(({ name, zone }, node) => {
    const kind = inChange.get(node);
    if (kind === "leave") return [];
    return [{ name, zone, state: kind === undefined ? ("settled" as const) : ("planned" as const) }];
  });
}
