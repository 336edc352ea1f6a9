import type { Graph } from "./graph.ts";
import type { Report } from "./report.ts";
import { smallZonesOf, type Topology, topologyOf } from "./topology.ts";

/** Learns the cluster's parts from what agents report and discovery knows. Times are Unix seconds. */
export interface TopologyTracker {
  readonly topology: Topology;
  learn(report: Report, graph: Graph): void;
  learnZone(node: string, zone: string, graph: Graph): void;
  /** Whether ways are other than those that a graph was made with, by `now`; asked once, since the answer makes them known. */
  takeChange(now: number): boolean;
}

/** A DNS pod that nobody asked for so long is gone, and so is an agent that did not report. */
const goneSeconds = { dnsPod: 60, agent: 300 };
/** Of larger fleets, one agent more or less changes no way. */
const smallFleet = 32;

export function createTopologyTracker(): TopologyTracker {
  const zones = new Map<string, string>();
  const dnsPods = new Map<string, { node: string | undefined; seenAt: number }>();
  const agents = new Map<string, { node: string; seenAt: number }>();
  let apiServers = 0;
  let changed = false;
  /** Whether agents came or went: of a large fleet that matters only where a small zone is another one then. */
  let agentsMoved = false;
  let topology = topologyOf({ zones });

  const learnZone = (node: string, zone: string, graph: Graph) => {
    if (zones.get(node) === zone) return;
    // Ways to a node that no graph knows are not made yet.
    if (graph.has(node)) changed = true;
    zones.set(node, zone);
  };
  const learnDnsPod = (pod: string, node: string | undefined, seenAt: number) => {
    const known = dnsPods.get(pod);
    if (known === undefined || (node !== undefined && known.node !== node)) changed = true;
    dnsPods.set(pod, { node: node ?? known?.node, seenAt: Math.max(seenAt, known?.seenAt ?? 0) });
  };
  const forgetGone = (now: number) => {
    for (const [pod, { seenAt }] of dnsPods) {
      if (seenAt < now - goneSeconds.dnsPod && dnsPods.delete(pod)) changed = true;
    }
    for (const [pod, { seenAt }] of agents) {
      if (seenAt >= now - goneSeconds.agent) continue;
      agents.delete(pod);
      agentsMoved = true;
      if (agents.size < smallFleet) changed = true;
    }
  };
  const areSmallZonesOther = () => {
    const nodes = [...agents.values()].map(({ node }) => node);
    const [before, now] = [topology.smallZones, smallZonesOf(zones, nodes)];
    return before.size !== now.size || [...now].some(([zone, size]) => before.get(zone) !== size);
  };

  return {
    get topology() {
      return topology;
    },
    learnZone,
    learn({ node, zone = "", pod, until, flows }, graph) {
      learnZone(node, zone, graph);
      if (!agents.has(pod)) {
        agentsMoved = true;
        if (agents.size <= smallFleet) changed = true;
      }
      agents.set(pod, { node, seenAt: until });
      for (const { target } of flows) {
        if (target.kind === "dns_pod") learnDnsPod(target.pod, target.node, until);
        if (target.kind !== "api_server" || (target.endpoint ?? 0) <= apiServers) continue;
        apiServers = target.endpoint ?? 0;
        changed = true;
      }
    },
    takeChange(now) {
      forgetGone(now);
      if (agentsMoved && !changed) changed = areSmallZonesOther();
      agentsMoved = false;
      if (!changed) return false;
      changed = false;
      topology = topologyOf({
        zones,
        dnsPods: new Map([...dnsPods].map(([pod, { node }]) => [pod, node])),
        agents: new Map([...agents].map(([pod, { node }]) => [pod, node])),
        apiServers,
      });
      return true;
    },
  };
}
