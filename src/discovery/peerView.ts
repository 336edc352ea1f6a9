import type { Edges } from "../edges.ts";
import type { Candidate } from "./candidate.ts";
import { onePerPod } from "./dualStack.ts";
import type { Agents } from "./followAgents.ts";
import type { Node } from "./node.ts";
import type { Peer, PeerView } from "./peer.ts";
import type { Reflection } from "./reflector.ts";

/** `nodes` is absent where it does not matter whether an agent's node is schedulable. */
export function viewOf(
  agents: Agents,
  nodes: Reflection<Node> | undefined,
  isOwn: (agent: Candidate) => boolean,
): PeerView {
  if (!("items" in agents)) return { state: "unknown", ...errorOf(agents) };
  if (nodes?.state === "unknown") return { state: "unknown", ...errorOf(nodes) };
  // A node that is gone from the API takes its agent with it.
  const known = nodes !== undefined && "items" in nodes ? byName(nodes.items) : undefined;
  const isAllowed = ({ nodeName }: Candidate) =>
    known === undefined || known.get(nodeName)?.schedulable === true;
  const candidates = onePerPod(agents.items.flat(), ({ name, ip }) => ({ pod: name, address: ip }));
  const others = candidates.filter((agent) => !isOwn(agent) && isAllowed(agent));
  const peersIn = (state: Candidate["state"]) =>
    others.filter((agent) => agent.state === state).map((agent) => peerOf(agent, known?.get(agent.nodeName)));
  const found = { peers: peersIn("live"), unready: peersIn("unready") };

  const stale = [agents, nodes].filter((reflection) => reflection?.state === "stale");
  const [first] = stale.sort((a, b) => a.since - b.since);
  if (first === undefined) return { state: "fresh", ...found };
  return { state: "stale", since: first.since, error: first.error, ...found };
}

/** A pod's hostname is its name; with hostNetwork it is the node's, and the address tells. */
export function ownAmong({ hostname, localAddresses }: Edges): (agent: Candidate) => boolean {
  const own = localAddresses();
  return ({ name, ip }) => name === hostname || (ip !== "" && own.includes(ip));
}

function errorOf(reflection: { readonly error?: string }): { error?: string } {
  return reflection.error === undefined ? {} : { error: reflection.error };
}

function byName(nodes: readonly Node[]): ReadonlyMap<string, Node> {
  return new Map(nodes.map((node) => [node.name, node]));
}

/** A pod does not say its zone; its node does. */
function peerOf({ name, ip, state: _state, zone, ...rest }: Candidate, node: Node | undefined): Peer {
  const itsZone = zone ?? node?.zone;
  return { podName: name, podIP: ip, ...rest, ...(itsZone === undefined ? {} : { zone: itsZone }) };
}
