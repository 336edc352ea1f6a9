import { type Culprit, isUnfit } from "./culprits.ts";
import type { Component, Evidence, ExplainedFailure } from "./finding.ts";
import type { Plea } from "./findingOf.ts";
import { flowsAcross } from "./flowsAcross.ts";
import { flowKey } from "./graph.ts";
import type { Window } from "./windows.ts";

/** So many must have seen it; in a small cluster, so few. */
const needed = { enough: 3, few: 2, smallCluster: 5 };

/**
 * Whether enough could tell. Of what a node's own agent alone can test, its way out and its Services, as many targets or failures take the place
 * of agents, and the agent must be fit; where most agents are not, nobody can; a pair must have been tested again from both sides, or be cut for
 * several kinds of probe, or for both ends. What is lost between zones one way is seen from both. `all` are the culprits of the window.
 */
export function witnessesOf(
  window: Window,
  culprit: Culprit,
  all: readonly Culprit[],
  evidence: Evidence,
  clusterSize: number,
): Plea["witnesses"] {
  const { component, layer } = culprit;
  const { explained, reporters, reporterCount, bad } = evidence;
  if (component.kind !== "agent" && areMostUnfit(window)) return "too-few";
  switch (component.kind) {
    case "agent":
      return "enough";
    case "in":
      return judge(reportersOf(window, sureFlows(window, culprit)), clusterSize);
    case "node":
    case "out": {
      const isAlone = reporters.every((reporter) => reporter === component.node);
      const sure = sureFlows(window, culprit);
      if (component.kind === "node" && !isAlone) return judge(reportersOf(window, sure), clusterSize);
      if (isUnfit(window.pane.health.get(component.node))) return "too-few";
      // There are few DNS servers, each of them asked now and then.
      const isDns = layer === "dns_udp" || layer === "dns_tcp";
      return judge(isDns ? badOf(window, sure) : new Set(explained.map(farEndOf)).size, clusterSize);
    }
    case "proxy":
    case "nodelocaldns":
      return isUnfit(window.pane.health.get(component.node)) ? "too-few" : judge(bad, clusterSize);
    case "pair": {
      const isRetried = window.pane.pairs.some(
        ({ from, to, retries }) =>
          ((from === component.from && to === component.to) ||
            (from === component.to && to === component.from)) &&
          retries.new_port !== "ok" &&
          retries.third_party === "ok",
      );
      const kinds = new Set(explained.map(({ probe }) => probe)).size;
      // Large messages are sent by one kind alone.
      const areBothSure = layer === "large" && reporterCount >= 2;
      return isRetried || kinds >= 2 || areBothSure ? "enough" : "too-few";
    }
    case "zones": {
      const bothWays = all.filter(
        (other) => other === culprit || (other.layer === layer && isWayBack(other.component, component)),
      );
      const verdicts = bothWays.flatMap((way) => way.verdicts);
      return judge(
        reportersOf(
          window,
          verdicts.flatMap(({ explains }) => explains),
        ),
        clusterSize,
      );
    }
    default:
      return judge(reporterCount, clusterSize);
  }
}

/** The failures that surely crossed the culprit: a name that was not resolved tells little of the node of one DNS pod. */
function sureFlows({ graph }: Window, { verdicts }: Culprit): readonly number[] {
  const explained = new Set(verdicts.flatMap(({ explains }) => explains));
  const sure = verdicts
    .flatMap((verdict) => flowsAcross(graph, verdict))
    .filter(({ flow, weight }) => weight === 1 && explained.has(flow));
  return [...new Set(sure.map(({ flow }) => flow))];
}

function isWayBack(one: Component, other: Component): boolean {
  return one.kind === "zones" && other.kind === "zones" && one.from === other.to && one.to === other.from;
}

function reportersOf({ graph }: Window, flows: readonly number[]): number {
  return new Set(flows.map((flow) => graph.nameOf(flow)?.node)).size;
}

function badOf({ pane }: Window, flows: readonly number[]): number {
  return flows.reduce((sum, flow) => sum + (pane.bad[flow] ?? 0), 0);
}

function areMostUnfit({ pane: { health } }: Window): boolean {
  const unfit = [...health.values()].filter(isUnfit);
  return 2 * unfit.length > health.size;
}

function judge(count: number, clusterSize: number): Plea["witnesses"] {
  if (count >= needed.enough) return "enough";
  return count >= needed.few && clusterSize < needed.smallCluster ? "few" : "too-few";
}

function farEndOf({ probe, target }: ExplainedFailure): string {
  return target.kind === "node" ? target.node : flowKey(probe, target);
}
