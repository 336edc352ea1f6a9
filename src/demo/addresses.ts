import type { SocketAddress } from "../edges.ts";

/** The place in the network where API server, DNS and ingress live. */
export const controlPlane = "control-plane";

export const ports = { agent: 8080, apiServer: 6443, dns: 10053, ingress: 8443 };

/** Where the parts of one cluster are, all below 127.<network>. */
export interface Addresses {
  readonly apiServer: string;
  readonly dns: readonly [string, string];
  readonly ingress: string;
  /** Address of the Service; nothing listens there, each node sends its connections on to an endpoint. */
  readonly service: string;
  /** Of the node with this number, 1 to 250, in its zone, 1 to 90. */
  readonly node: (zone: number, number: number) => string;
}

export function addressesOf(network: number): Addresses {
  const prefix = `127.${network}`;
  return {
    apiServer: `${prefix}.100.1`,
    dns: [`${prefix}.100.53`, `${prefix}.100.54`],
    ingress: `${prefix}.100.80`,
    service: `${prefix}.96.1`,
    node: (zone, number) => `${prefix}.${zone}.${number}`,
  };
}

/** Where a cluster of this size listens. */
export function placesOf(network: number, nodes: number, zones: number): SocketAddress[] {
  const { apiServer, dns, ingress, node } = addressesOf(network);
  const agents = Array.from({ length: nodes }, (_, index) => node((index % zones) + 1, index + 1));
  return [
    { address: apiServer, port: ports.apiServer },
    ...dns.map((address) => ({ address, port: ports.dns })),
    { address: ingress, port: ports.ingress },
    ...agents.map((address) => ({ address, port: ports.agent })),
  ];
}
