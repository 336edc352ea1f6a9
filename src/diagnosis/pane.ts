import type { Reason } from "../probes/probe.ts";
import type { Counts } from "./candidates.ts";
import { type Crossing, throughDns, throughResolver, unreachedCrossings } from "./components.ts";
import { delayedOf } from "./flow.ts";
import type { Graph } from "./graph.ts";
import { badOf, type Flow, type Health, type PairRetry, type Report } from "./report.ts";
import { mergeSketches, type Sketch, secondsAt, sketchFrom } from "./sketch.ts";

/** What is kept of a flow beyond its counts, since it failed or took long. */
interface Detail {
  readonly bad: Readonly<Partial<Record<Reason, number>>>;
  readonly earlier: readonly number[];
  readonly resent: number;
  readonly lostForward: number;
  readonly lostReverse: number;
  /** Pods of the Service to which it did not lead. */
  readonly unreached: readonly string[];
  /** Of the good ones, those that took about as long as a lost SYN costs, or longer. */
  readonly slow: Sketch;
}

/** What the agents saw in a span of time; arrays are by the flow's number in the graph. */
export interface Pane {
  good: Uint16Array;
  /** Includes good attempts that show a loss. */
  bad: Uint16Array;
  /** Of the good ones that were timed: their number, and the sum of their places in a sketch. */
  timed: Uint16Array;
  latency: Float32Array;
  readonly details: Map<number, Detail>;
  /** The nodes whose agents reported, and the worst that each said of itself. */
  readonly health: Map<string, Health>;
  readonly pairs: PairRetry[];
}

const slowSeconds = 0.8;
const mostCounted = 65_535;
/** What most flows share. */
const none: readonly never[] = [];

export function createPane(): Pane {
  return {
    good: new Uint16Array(0),
    bad: new Uint16Array(0),
    timed: new Uint16Array(0),
    latency: new Float32Array(0),
    details: new Map(),
    health: new Map(),
    pairs: [],
  };
}

export function addReport(pane: Pane, { node, flows, health, pairs = [] }: Report, graph: Graph): void {
  for (const flow of flows) {
    const { target } = flow;
    const delayed = delayedOf(flow);
    const bad = badOf(flow) + delayed;
    if (flow.rotated && bad === 0 && target.kind === "node") {
      for (const half of graph.visit(node, target.node)) count(pane, half, flow.good);
      continue;
    }
    const number = graph.flow(node, flow);
    const { timed, latency, slow } = timesOf(flow);
    count(pane, number, flow.good - delayed, bad, timed, latency);
    if (bad > 0 || slow !== undefined) addDetail(pane, number, detailOf(flow, slow));
  }
  addHealth(pane, node, health);
  pane.pairs.push(...pairs);
}

/** Adds a pane to another. `numbers` has a flow's number in `into` at its number in `from`, -1 for none; absent means the same. */
export function mergePane(into: Pane, from: Pane, numbers?: Int32Array): void {
  reserve(into, from.good.length);
  for (let flow = 0; flow < from.good.length; flow += 1) {
    const number = numbers === undefined ? flow : (numbers[flow] ?? -1);
    const [good, bad] = [from.good[flow] ?? 0, from.bad[flow] ?? 0];
    if (number < 0 || (good === 0 && bad === 0)) continue;
    count(into, number, good, bad, from.timed[flow] ?? 0, from.latency[flow] ?? 0);
  }
  for (const [flow, detail] of from.details) {
    const number = numbers === undefined ? flow : (numbers[flow] ?? -1);
    if (number >= 0) addDetail(into, number, detail);
  }
  for (const [node, health] of from.health) addHealth(into, node, health);
  into.pairs.push(...from.pairs);
}

/** What the localiser needs of a pane. */
export function countsOf(pane: Pane, graph: Graph): Counts {
  const { good, bad } = pane;
  return { good, bad, excuses: excusesOf(pane, graph), proofs: proofsOf(pane, graph) };
}

/** A name whose look-up failed at times was resolved whenever its flow got further; a connection that is kept asks for no name. */
function proofsOf({ details }: Pane, graph: Graph): ReadonlyMap<number, readonly Crossing[]> {
  const proofs = new Map<number, readonly Crossing[]>();
  for (const [flow, { bad }] of details) {
    const name = graph.nameOf(flow);
    if (name?.probe !== "http" || !isUnresolved(bad)) continue;
    const isKept = "via" in name.target && name.target.via === "kept";
    if (!isKept) proofs.set(flow, throughResolver(name.node));
  }
  return proofs;
}

/** What else may explain failures than what the flow crosses: the endpoints that it named, and DNS where a name was not resolved. */
function excusesOf({ details }: Pane, graph: Graph): ReadonlyMap<number, readonly Crossing[]> {
  const excuses = new Map<number, readonly Crossing[]>();
  for (const [flow, { unreached, bad }] of details) {
    const name = graph.nameOf(flow);
    if (name === undefined) continue;
    const { node, probe } = name;
    const crossings = [
      ...unreached.flatMap((pod) => unreachedCrossings(node, pod, graph.topology)),
      ...(isUnresolved(bad) && probe === "http" ? throughDns(node, graph.topology) : []),
    ];
    if (crossings.length > 0) excuses.set(flow, crossings);
  }
  return excuses;
}

function isUnresolved(bad: Detail["bad"]): boolean {
  return bad.dns_timeout !== undefined || bad.dns_error !== undefined;
}

function count(pane: Pane, flow: number, good: number, bad = 0, timed = 0, latency = 0): void {
  if (flow >= pane.good.length) reserve(pane, Math.max(64, 2 * flow));
  pane.good[flow] = Math.min(mostCounted, (pane.good[flow] ?? 0) + good);
  pane.bad[flow] = Math.min(mostCounted, (pane.bad[flow] ?? 0) + bad);
  pane.timed[flow] = Math.min(mostCounted, (pane.timed[flow] ?? 0) + timed);
  pane.latency[flow] = (pane.latency[flow] ?? 0) + latency;
}

function reserve(pane: Pane, flows: number): void {
  if (flows <= pane.good.length) return;
  for (const name of ["good", "bad", "timed"] as const) {
    const longer = new Uint16Array(flows);
    longer.set(pane[name]);
    pane[name] = longer;
  }
  const longer = new Float32Array(flows);
  longer.set(pane.latency);
  pane.latency = longer;
}

interface Times {
  readonly timed: number;
  readonly latency: number;
  readonly slow?: Sketch;
}

function timesOf({ latency = {} }: Flow): Times {
  let timed = 0;
  let sum = 0;
  let highest = 0;
  for (const place in latency) {
    const times = latency[place] ?? 0;
    highest = Math.max(highest, Number(place));
    timed += times;
    sum += times * Number(place);
  }
  if (secondsAt(highest) < slowSeconds) return { timed, latency: sum };
  return { timed, latency: sum, slow: sketchFrom(latency, slowSeconds) };
}

function detailOf({ bad, ...flow }: Flow, slow: Sketch = {}): Detail {
  const { earlier = none, resent = 0, lostForward = 0, lostReverse = 0, unreached = none } = flow;
  return { bad, earlier, resent, lostForward, lostReverse, unreached, slow };
}

function addDetail({ details }: Pane, flow: number, more: Detail): void {
  const known = details.get(flow);
  details.set(flow, known === undefined ? more : mergeDetails(known, more));
}

function mergeDetails(a: Detail, b: Detail): Detail {
  const bad: Partial<Record<Reason, number>> = { ...a.bad };
  for (const [reason, times] of Object.entries(b.bad) as [Reason, number][]) {
    bad[reason] = (bad[reason] ?? 0) + times;
  }
  return {
    bad,
    earlier: a.earlier.length > 0 ? a.earlier.map((count, ago) => count + (b.earlier[ago] ?? 0)) : b.earlier,
    resent: a.resent + b.resent,
    lostForward: a.lostForward + b.lostForward,
    lostReverse: a.lostReverse + b.lostReverse,
    unreached: [...new Set([...a.unreached, ...b.unreached])],
    slow: mergeSketches(a.slow, b.slow),
  };
}

function addHealth({ health }: Pane, node: string, more: Health): void {
  const known = health.get(node);
  health.set(node, known === undefined ? more : worse(known, more));
}

function worse(a: Health, b: Health): Health {
  return {
    loopDelaySeconds: Math.max(a.loopDelaySeconds, b.loopDelaySeconds),
    throttledShare: Math.max(a.throttledShare, b.throttledShare),
    discardedShare: Math.max(a.discardedShare, b.discardedShare),
    selfReachable: a.selfReachable && b.selfReachable,
  };
}
