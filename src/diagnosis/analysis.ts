import { createBackground } from "./background.ts";
import type { Suspect } from "./candidates.ts";
import { causeOf } from "./cause.ts";
import { type Culprit, culpritsOf, nodesOf } from "./culprits.ts";
import { evidenceOf } from "./evidence.ts";
import { factsOf } from "./facts.ts";
import type { Component, Finding } from "./finding.ts";
import { createFindings, type Findings, type Judgement, mostClosed, type NodeStates } from "./findings.ts";
import { flowsAcross } from "./flowsAcross.ts";
import { families, layers } from "./graph.ts";
import { isLasting } from "./lasting.ts";
import { createLatencyShift } from "./latencyShift.ts";
import { localise } from "./localise.ts";
import { isFading } from "./lossInParts.ts";
import { countsOf } from "./pane.ts";
import type { Report } from "./report.ts";
import { slowCause } from "./signatures.ts";
import { createTopologyTracker } from "./topologyTracker.ts";
import { type Acceptance, createWindows, type Window } from "./windows.ts";
import { witnessesOf } from "./witnesses.ts";

/** A node as discovery knows it. */
export interface ClusterNode {
  readonly name: string;
  readonly zone?: string;
  readonly state: "settled" | "planned";
}

/** Judges the reports of all agents. All times are Unix seconds; nothing here waits, sends or logs. */
export interface Analysis {
  accept(report: Report, now: number): Acceptance;
  /** What discovery knows of the nodes; without it, all nodes that report are taken to be there. */
  follow(nodes: readonly ClusterNode[], now: number): void;
  /** Judges the windows that are over; call it every second or so. Tells how many there were. */
  advance(now: number): number;
  /** The end of the newest window that was judged. */
  judgedUntil(): number;
  open(): readonly Finding[];
  /** The last 20 that closed, the latest first. */
  closed(): readonly Finding[];
  /** Goes on with what another leader left; nothing that is slow may be open, of which only that one knew how fast it was. */
  adopt(open: readonly Finding[], closed: readonly Finding[]): void;
}

/** A node whose agent reported within this time and does not any more is silent. */
const silentSeconds = 300;
/** How likely a flow looks slow by chance. */
const slowByChance = Float64Array.from(families, () => 0.01);

export function createAnalysis(now: number): Analysis {
  const tracker = createTopologyTracker();
  const windows = createWindows(tracker.topology, now);
  const background = createBackground();
  const latencyShift = createLatencyShift();
  const findings = createFindings();
  /** A component can be slow beside what else it is. */
  const slowFindings = createFindings();
  const lastReports = new Map<string, number>();
  let nodes: NodeStates | undefined;
  let judgedUntil = 0;
  let silent: ReadonlySet<string> = new Set();

  const listen = ({ parts, until }: Window) => {
    const reporting = new Set(parts.at(-1)?.health.keys());
    for (const node of reporting) lastReports.set(node, until);
    for (const [node, at] of lastReports) if (at < until - silentSeconds) lastReports.delete(node);
    const expected = nodes === undefined ? lastReports.keys() : nodes.keys();
    silent = new Set([...expected].filter((node) => !reporting.has(node)));
  };
  const knownIn = (window: Window, all: Findings) =>
    all.known(window).map(({ key, suspect: { component, layer, loss } }) => ({
      ...{ key, loss, place: window.graph.place(component), layer: layers.indexOf(layer) },
    }));
  const judge = (window: Window): Judgement => {
    const { graph, pane, seconds, until } = window;
    const known = knownIn(window, findings);
    const losses = background.losses(graph);
    const counts = countsOf(pane, graph);
    const { verdicts, speaksAgainst, pastKnown } = localise(graph, counts, { background: losses, known });
    if (seconds === 10 && until % 10 === 0) background.learn(graph, counts, explainedBy(window, verdicts));
    const culprits = culpritsOf(window, verdicts, silent);
    return {
      ...{ seconds, until },
      accusations: culprits.map((culprit) => ({
        ...accuse(window, culprit, culprits, false),
        isLasting: () => isLasting(window, culprit.verdicts, losses, pastKnown),
        isFading: () => isFading(window, culprit.verdicts),
      })),
      speaksAgainst: mostByKey(known, speaksAgainst),
    };
  };
  const judgeLatency = (window: Window): Judgement => {
    const { graph, pane, seconds, until } = window;
    const counts = latencyShift.judge(pane, graph.flows);
    const known = knownIn(window, slowFindings);
    const { verdicts } = localise(graph, counts, { background: slowByChance, known });
    // Of an agent that is in no state to judge, being slow says nothing.
    const culprits = culpritsOf(window, verdicts, new Set()).filter(
      ({ component }) => component.kind !== "agent",
    );
    return {
      ...{ seconds, until, speaksAgainst: new Map() },
      accusations: culprits.map((culprit) => ({
        ...accuse(window, culprit, culprits, true),
        isLasting: () => true,
        isFading: () => false,
      })),
    };
  };
  const accuse = (window: Window, culprit: Culprit, all: readonly Culprit[], isSlow: boolean) => ({
    culprit,
    nodes: [...nodesOf(culprit.component), ...hostsOf(culprit.component, window).filter(isFollowed)],
    plea() {
      const others = all.filter((other) => other !== culprit);
      const evidence = evidenceOf(window, culprit);
      const size = Math.max(nodes?.size ?? 0, lastReports.size);
      return {
        evidence,
        cause: causeOf(culprit, factsOf(window, culprit, others, silent), isSlow),
        witnesses: witnessesOf(window, culprit, all, evidence, size),
      };
    },
  });

  /** Pods may run on nodes without an agent, of which nothing is known. */
  const isFollowed = (node: string) => nodes?.has(node) === true;

  return {
    accept(report, at) {
      const acceptance = windows.accept(report, at);
      if (acceptance === "accepted") tracker.learn(report, windows.graph);
      return acceptance;
    },
    follow(all, at) {
      for (const { name, zone } of all) {
        if (zone !== undefined) tracker.learnZone(name, zone, windows.graph);
      }
      nodes = new Map(all.map(({ name, state }) => [name, state]));
      findings.follow(nodes, at);
      slowFindings.follow(nodes, at);
    },
    advance(at) {
      if (tracker.takeChange(at)) {
        const { numbers } = windows.follow(tracker.topology);
        background.renumber(numbers);
        latencyShift.renumber(numbers);
      }
      const closed = windows.close(at);
      judgedUntil = closed.at(-1)?.until ?? judgedUntil;
      for (const window of closed) {
        if (window.seconds === 10) listen(window);
        findings.judge(judge(window));
        const isWholeMinute = window.seconds === 60 && window.until % 60 === 0;
        if (isWholeMinute) slowFindings.judge(judgeLatency(window));
      }
      return closed.length;
    },
    judgedUntil: () => judgedUntil,
    open: () => [...findings.open(), ...slowFindings.open()],
    closed: () =>
      [...findings.closed(), ...slowFindings.closed()]
        .toSorted((a, b) => (b.closed?.at ?? 0) - (a.closed?.at ?? 0))
        .slice(0, mostClosed),
    adopt(open, closed) {
      const isSlow = ({ cause }: Finding) => cause === slowCause;
      findings.adopt(
        open,
        closed.filter((one) => !isSlow(one)),
      );
      slowFindings.adopt([], closed.filter(isSlow));
    },
  };
}

/** A culprit may have several suspects, of which some are not tested. */
function mostByKey(known: readonly { key: string }[], values: readonly number[]): Map<string, number> {
  const most = new Map<string, number>();
  for (const [index, { key }] of known.entries()) {
    most.set(key, Math.max(most.get(key) ?? Number.NEGATIVE_INFINITY, values[index] ?? 0));
  }
  return most;
}

/** Tells of a flow whether it surely crosses what is broken. */
function explainedBy({ graph }: Window, verdicts: readonly Suspect[]): (flow: number) => boolean {
  const { edgeStart, edgePlace } = graph.tables();
  const places = new Set(verdicts.map(({ place }) => place));
  // The way of a pair is no place that the graph has of each flow.
  const ofPairs = verdicts.filter(({ place }) => graph.places[place]?.kind === "pair");
  const flows = new Set(ofPairs.flatMap((pair) => flowsAcross(graph, pair).map(({ flow }) => flow)));
  return (flow) => {
    if (places.size === 0) return false;
    if (flows.has(flow)) return true;
    for (let edge = edgeStart[flow] ?? 0; edge < (edgeStart[flow + 1] ?? 0); edge += 1) {
      if (places.has(edgePlace[edge] ?? -1)) return true;
    }
    return false;
  };
}

/** The node of a pod, as far as it is known. */
function hostsOf(component: Component, { graph }: Window): readonly string[] {
  const { dnsPods, agents } = graph.topology;
  const pod = component.kind === "dns" ? component.pod : component.kind === "endpoint" ? component.name : "";
  const node = dnsPods.get(pod) ?? agents.get(pod);
  return node === undefined ? [] : [node];
}
