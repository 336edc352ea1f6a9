/** What is known of the cluster's parts and their places. */
export interface Topology {
  /** Of each node; "" where it is not known. */
  readonly zones: ReadonlyMap<string, string>;
  /** The cluster's DNS pods, and the nodes they run on, as far as known. */
  readonly dnsPods: ReadonlyMap<string, string | undefined>;
  /** The agents' pods, which are the endpoints of their Service, and their nodes. */
  readonly agents: ReadonlyMap<string, string>;
  /** How many API servers are asked by their own addresses. */
  readonly apiServers: number;
  /** The share of the agents that is in each zone. */
  readonly agentShares: ReadonlyMap<string, number>;
  /** How many nodes with an agent each zone has. */
  readonly zoneSizes: ReadonlyMap<string, number>;
}

export function topologyOf({
  zones = new Map(),
  dnsPods = new Map(),
  agents = new Map(),
  apiServers = 0,
}: Partial<Omit<Topology, "agentShares" | "zoneSizes">>): Topology {
  const agentShares = new Map<string, number>();
  for (const node of agents.values()) {
    const zone = zones.get(node) ?? "";
    agentShares.set(zone, (agentShares.get(zone) ?? 0) + 1 / agents.size);
  }
  const zoneSizes = new Map<string, number>();
  // A rollout gives a node two pods for a while.
  for (const node of new Set(agents.values())) {
    const zone = zones.get(node) ?? "";
    zoneSizes.set(zone, (zoneSizes.get(zone) ?? 0) + 1);
  }
  return { zones, dnsPods, agents, apiServers, agentShares, zoneSizes };
}
