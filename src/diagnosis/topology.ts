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
  /** The zones in which only one or two nodes have an agent, and how many. */
  readonly smallZones: ReadonlyMap<string, number>;
}

export function topologyOf({
  zones = new Map(),
  dnsPods = new Map(),
  agents = new Map(),
  apiServers = 0,
}: Partial<Omit<Topology, "agentShares" | "smallZones">>): Topology {
  const agentShares = new Map<string, number>();
  for (const node of agents.values()) {
    const zone = zones.get(node) ?? "";
    agentShares.set(zone, (agentShares.get(zone) ?? 0) + 1 / agents.size);
  }
  return {
    zones,
    dnsPods,
    agents,
    apiServers,
    agentShares,
    smallZones: smallZonesOf(zones, agents.values()),
  };
}

/** `nodes` are those of the agents' pods; a rollout gives a node two for a while. */
export function smallZonesOf(zones: Topology["zones"], nodes: Iterable<string>): Topology["smallZones"] {
  const sizes = new Map<string, number>();
  for (const node of new Set(nodes)) {
    const zone = zones.get(node) ?? "";
    sizes.set(zone, (sizes.get(zone) ?? 0) + 1);
  }
  return new Map([...sizes].filter(([, size]) => size <= 2));
}
