import type { Logger } from "pino";
import type { Clock, Edges, SocketAddress } from "../edges.ts";
import { ports } from "./addresses.ts";
import type { ControlPlane } from "./controlPlane.ts";
import { createLookup } from "./dns/lookup.ts";
import type { Faults } from "./faults.ts";
import type { Network } from "./network/network.ts";
import type { NodePlace } from "./node.ts";
import { procIn, resolvConfIn } from "./podFiles.ts";

/** Nothing listens there, so that it refuses. */
const closedPort = 1;

/** What all agents of a cluster share. */
export interface Surroundings {
  readonly controlPlane: ControlPlane;
  readonly network: Network;
  readonly faults: Faults;
  /** With what a pod finds in its file system. */
  readonly directory: string;
  readonly log: Logger;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** What an agent's pod and node decide by themselves. */
type OwnEdges = "clock" | "hostname" | "localAddresses" | "listenAddress";

/** How the world looks to an agent on one node, whose process has `clock`: all its packets go over the node's links. */
export function agentEdges(
  node: NodePlace,
  clock: Clock,
  { controlPlane, network, faults, directory, log, signal }: Surroundings,
): Omit<Edges, OwnEdges> {
  const { addresses, routes } = controlPlane;
  const openDatagrams: Edges["openDatagrams"] = (options) => {
    const { peer } = options;
    const open = (nat: typeof options) => network.openDatagrams(node.name, node.address, nat, clock);
    if (peer === undefined) return open(options);
    // What is sent from one socket stays with the endpoint that its first datagram was sent on to, as conntrack has it.
    const onMessage = (message: Buffer) => options.onMessage(message, peer);
    return open({ ...options, peer: routes.route(node.name, peer), onMessage });
  };
  return {
    random: Math.random,
    lookup: createLookup({
      server: { address: addresses.dnsService, port: ports.resolver },
      ...{ openDatagrams, signal },
    }),
    connect: (to) => network.connect(node.name, node.address, endpointOf(to)),
    openDatagrams,
    resolvConf: resolvConfIn(directory),
    proc: procIn(directory),
    serviceAccountDirectory: directory,
    ...{ log, ownsProcess: false },
  };

  /** Only what came by the Service's address is refused. */
  function endpointOf(to: SocketAddress): SocketAddress {
    const endpoint = routes.route(node.name, to);
    const refuses =
      endpoint.address !== to.address &&
      faults.some((fault) => fault.kind === "refuse" && fault.node === network.placeAt(endpoint.address));
    return refuses ? { ...endpoint, port: closedPort } : endpoint;
  }
}
