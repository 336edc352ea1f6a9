import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import type { Candidate } from "./candidate.ts";
import type { KubernetesConnection } from "./connection.ts";
import { candidatesOfSlice, type EndpointSliceObject } from "./endpointSlice.ts";
import { type Node, type NodeObject, nodeOf } from "./node.ts";
import type { OwnNode, Peer, PeerView } from "./peer.ts";
import { candidateOfPod, type PodObject } from "./pod.ts";
import { type Reflection, startReflector } from "./reflector.ts";

/** Who is there. */
export interface Discovery {
  view(): PeerView;
  ownNode(): OwnNode;
}

/**
 * Follows the agents and, as far as the API server permits, nodes. Agents are the endpoints of the discovery Service where one is named, else the
 * pods that the neighbour filter selects. All nodes are watched only to leave out pods on unschedulable ones, else just the own one.
 * Runs until `signal` is aborted; `onChange` is called after each change.
 */
export function startDiscovery(
  config: Config,
  edges: Edges,
  connection: KubernetesConnection,
  onChange: () => void,
  signal: AbortSignal,
): Discovery {
  const allNodes = config.discoveryService === undefined && !config.allowUnschedulable;
  let agents: Reflection<readonly Candidate[]> = { state: "unknown" };
  let nodes: Reflection<Node> = { state: "unknown" };
  let ownName = config.nodeName;
  let nodesFollowed = false;

  const followNodes = (fieldSelector?: string) => {
    if (nodesFollowed) return;
    nodesFollowed = true;
    startReflector<NodeObject, Node>({
      collection: { path: "/api/v1/nodes", ...(fieldSelector === undefined ? {} : { fieldSelector }) },
      ...{ connection, edges, signal, slim: nodeOf },
      onChange(reflection) {
        if (reflection.state === "refused" && nodes.state !== "refused") {
          const { error } = reflection;
          edges.log.warn({ err: error }, "not permitted to watch nodes: every node counts as schedulable");
        }
        nodes = reflection;
        onChange();
      },
    });
  };
  const followOwnNode = () => {
    if (!allNodes && ownName !== undefined) followNodes(`metadata.name=${ownName}`);
  };

  const shared = { connection, edges, signal };
  followAgents(config, shared, (reflection) => {
    agents = reflection;
    // The own node stays known when the own pod is on its way out.
    if ("items" in agents) ownName ??= agents.items.flat().find(ownAmong(edges))?.nodeName;
    followOwnNode();
    onChange();
  });
  if (allNodes) followNodes();
  followOwnNode();

  return {
    view: () => viewOf(agents, allNodes ? nodes : undefined, edges),
    ownNode() {
      if (ownName === undefined) return { schedulable: true };
      if (!("items" in nodes)) return { name: ownName, schedulable: true };
      const own = nodes.items.find(({ name }) => name === ownName);
      // A node that is gone from the API gets no traffic.
      return own ?? { name: ownName, schedulable: false };
    },
  };
}

function followAgents(
  { namespace, discoveryService, neighbourFilter, allowUnschedulable }: Config,
  shared: { connection: KubernetesConnection; edges: Edges; signal: AbortSignal },
  onChange: (reflection: Reflection<readonly Candidate[]>) => void,
): void {
  if (discoveryService !== undefined) {
    startReflector<EndpointSliceObject, readonly Candidate[]>({
      collection: {
        path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
        labelSelector: `kubernetes.io/service-name=${discoveryService}`,
      },
      slim: (slice) => candidatesOfSlice(slice, allowUnschedulable),
      ...{ ...shared, onChange },
    });
    return;
  }
  const path = namespace === "" ? "/api/v1/pods" : `/api/v1/namespaces/${namespace}/pods`;
  startReflector<PodObject, readonly Candidate[]>({
    collection: { path, labelSelector: neighbourFilter.text },
    slim: (pod) => [candidateOfPod(pod)],
    ...{ ...shared, onChange },
  });
}

/** A pod's hostname is its name; with hostNetwork it is the node's, and the address tells. */
function ownAmong({ hostname, localAddresses }: Edges): (agent: Candidate) => boolean {
  const own = localAddresses();
  return ({ name, ip }) => name === hostname || (ip !== "" && own.includes(ip));
}

/** `nodes` is absent where it does not matter whether an agent's node is schedulable. */
function viewOf(
  agents: Reflection<readonly Candidate[]>,
  nodes: Reflection<Node> | undefined,
  edges: Edges,
): PeerView {
  if (!("items" in agents)) return { state: "unknown", ...errorOf(agents) };
  if (nodes?.state === "unknown") return { state: "unknown", ...errorOf(nodes) };
  // A node that is gone from the API takes its agent with it.
  const allowed = nodes !== undefined && "items" in nodes ? schedulableNames(nodes.items) : undefined;
  const isOwn = ownAmong(edges);
  const isPeer = (agent: Candidate) => agent.live && !isOwn(agent) && (allowed?.has(agent.nodeName) ?? true);
  const peers = agents.items.flat().filter(isPeer).map(peerOf);
  const stale = [agents, nodes].filter((reflection) => reflection?.state === "stale");
  const [first] = stale.sort((a, b) => a.since - b.since);
  if (first === undefined) return { state: "fresh", peers };
  return { state: "stale", since: first.since, error: first.error, peers };
}

function errorOf(reflection: { readonly error?: string }): { error?: string } {
  return reflection.error === undefined ? {} : { error: reflection.error };
}

function schedulableNames(nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(nodes.filter((node) => node.schedulable).map((node) => node.name));
}

function peerOf({ name, ip, live: _live, ...rest }: Candidate): Peer {
  return { podName: name, podIP: ip, ...rest };
}
