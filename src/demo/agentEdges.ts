import type { Logger } from "pino";
import type { Edges, SocketAddress } from "../edges.ts";
import { ports } from "./addresses.ts";
import type { ControlPlane } from "./controlPlane.ts";
import { createLookup } from "./dns/lookup.ts";
import type { Faults } from "./faults.ts";
import type { Network } from "./network/network.ts";
import type { NodePlace } from "./node.ts";

/** Nothing listens there, so that it refuses. */
const closedPort = 1;

/** What all agents of a cluster share. */
export interface Surroundings {
  readonly controlPlane: ControlPlane;
  readonly network: Network;
  readonly faults: Faults;
  readonly serviceAccountDirectory: string;
  readonly log: Logger;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** How the world looks to an agent on one node: its resolver asks the cluster's DNS, and its connections go over the node's links. */
export function agentEdges(
  node: NodePlace,
  surroundings: Surroundings,
): Pick<Edges, "random" | "lookup" | "connect" | "serviceAccountDirectory" | "log" | "ownsProcess"> {
  const { controlPlane, network, faults, serviceAccountDirectory, log, signal } = surroundings;
  const { addresses, services } = controlPlane;
  return {
    random: Math.random,
    lookup: createLookup({
      replicas: addresses.dns.map((address) => ({ address, port: ports.dns })),
      ...{ localAddress: node.address, signal },
      linkTo: (address) => ({
        there: () => network.path(node.name, address),
        back: () => network.pathBack(node.name, address),
      }),
    }),
    connect: (to) => network.connect(node.name, node.address, refusedOr(services.route(to), to)),
    ...{ serviceAccountDirectory, log, ownsProcess: false },
  };

  /** Only what came by the Service's address is refused. */
  function refusedOr(endpoint: SocketAddress, asked: SocketAddress): SocketAddress {
    const refuses =
      endpoint.address !== asked.address &&
      faults.some((fault) => fault.kind === "refuse" && fault.node === network.placeAt(endpoint.address));
    return refuses ? { ...endpoint, port: closedPort } : endpoint;
  }
}
