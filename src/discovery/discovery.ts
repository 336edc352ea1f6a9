import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import { createAgentAddresses } from "./agentAddresses.ts";
import type { KubernetesConnection } from "./connection.ts";
import { type Agents, followAgents } from "./followAgents.ts";
import { logTransitions } from "./logTransitions.ts";
import { type Node, type NodeObject, nodeOf } from "./node.ts";
import type { OwnNode, PeerView } from "./peer.ts";
import { ownAmong, viewOf } from "./peerView.ts";
import { type Reflection, startReflector } from "./reflector.ts";

/** Who is there. */
export interface Discovery {
  view(): PeerView;
  ownNode(): OwnNode;
  /** Whether an address is an agent's, whatever its state; before the first list everybody's is. */
  isAgent(address: string): boolean;
  /** Whether an agent is on a node, as `isAgent`. */
  isAgentNode(node: string): boolean;
  /** Whether agents were listed, so that `isAgent` can tell one from others. */
  areAgentsKnown(): boolean;
}

/**
 * Follows the agents and, as far as the API server permits, nodes: all of them only to leave out pods on unschedulable
 * ones, else just the own one. Where neighbours are neither checked nor report to a leader, no more than the own node is followed if it is known.
 * Runs until `signal` is aborted; `onChange` is called after changes.
 */
export function startDiscovery(
  config: Config,
  edges: Edges,
  connection: KubernetesConnection,
  onChange: () => void,
  signal: AbortSignal,
): Discovery {
  const { mode } = config.diagnosis;
  const isLed = mode === "on" || mode === "report";
  const agentsMatter = config.checks.neighbourhood || config.nodeName === undefined || isLed;
  const allNodes = agentsMatter && config.discoveryService === undefined && !config.allowUnschedulable;
  const isOwn = ownAmong(edges);
  const shared = { connection, edges, signal };
  let agents: Agents = { state: "unknown" };
  let nodes: Reflection<Node> = { state: "unknown" };
  const addresses = createAgentAddresses(edges.clock);
  let ownName = config.nodeName;
  /** As the own endpoint says, for where the node can't be read. */
  let ownZone: string | undefined;
  let nodesFollowed = false;
  /** Absent after a change; made of all agents, and asked for far more often than they change. */
  let view: PeerView | undefined;

  const followNodes = (fieldSelector?: string) => {
    const log = logTransitions(edges.log, "nodes", "every node counts as schedulable");
    nodesFollowed = true;
    startReflector<NodeObject, Node>({
      ...shared,
      collection: { path: "/api/v1/nodes", ...(fieldSelector === undefined ? {} : { fieldSelector }) },
      slim: nodeOf,
      onChange(reflection) {
        log(reflection);
        nodes = reflection;
        view = undefined;
        onChange();
      },
    });
  };
  const followOwnNode = () => {
    if (!nodesFollowed && ownName !== undefined) followNodes(`metadata.name=${ownName}`);
  };

  if (allNodes) followNodes();
  followOwnNode();
  if (agentsMatter) {
    const log = logTransitions(edges.log, "agents");
    followAgents(config, {
      ...shared,
      onChange(reflection) {
        log(reflection);
        agents = reflection;
        view = undefined;
        if ("items" in agents) addresses.learn(agents.items.flat());
        // The own node stays known when the own pod is on its way out.
        const own = "items" in agents ? agents.items.flat().find(isOwn) : undefined;
        ownName ??= own?.nodeName;
        ownZone = own?.zone ?? ownZone;
        followOwnNode();
        onChange();
      },
    });
  }

  return {
    isAgent: addresses.isKnown,
    isAgentNode: addresses.isOn,
    areAgentsKnown: addresses.areKnown,
    view() {
      view ??= viewOf(agents, allNodes ? nodes : undefined, isOwn);
      return view;
    },
    ownNode() {
      if (ownName === undefined) return { schedulable: true };
      const node = "items" in nodes ? nodes.items.find(({ name }) => name === ownName) : undefined;
      const zone = node?.zone ?? ownZone;
      return {
        name: ownName,
        ...(zone === undefined ? {} : { zone }),
        // A node that is gone from the API gets no traffic.
        schedulable: node?.schedulable ?? !("items" in nodes),
      };
    },
  };
}
