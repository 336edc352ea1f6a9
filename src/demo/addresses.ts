import type { SocketAddress } from "../edges.ts";

/** The place in the network where API server, DNS and ingress live. */
export const controlPlane = "control-plane";

/** Of the DNS both the one where its pods listen, since 53 may need root, and the one that resolvers ask. */
export const ports = {
  agent: 8080,
  apiServer: 6443,
  dns: 10053,
  resolver: 53,
  ingress: 8443,
  kubelet: 10250,
};

/** Where the parts of one cluster are, all below 127.<network>. */
export interface Addresses {
  /** Of the Service `kubernetes`; the API server listens there, too, for what goes by no link. */
  readonly apiServer: string;
  readonly apiServerEndpoints: readonly [string, string];
  /** Of the DNS Service; nothing listens there, each node sends what goes there on to an endpoint. */
  readonly dnsService: string;
  readonly dns: readonly [string, string];
  readonly ingress: string;
  /** Of the agents' Service, as that of the DNS. */
  readonly service: string;
  /** Of the pod on the node with this number, 1 to 250, in its zone, 1 to 90. */
  readonly pod: (zone: number, number: number) => string;
  /** Of the node itself. */
  readonly node: (zone: number, number: number) => string;
}

export function addressesOf(network: number): Addresses {
  const prefix = `127.${network}`;
  return {
    apiServer: `${prefix}.96.2`,
    apiServerEndpoints: [`${prefix}.100.1`, `${prefix}.100.2`],
    dnsService: `${prefix}.96.10`,
    dns: [`${prefix}.100.53`, `${prefix}.100.54`],
    ingress: `${prefix}.100.80`,
    service: `${prefix}.96.1`,
    pod: (zone, number) => `${prefix}.${zone}.${number}`,
    node: (zone, number) => `${prefix}.${zone + 100}.${number}`,
  };
}

/** Where a cluster of this size listens. */
export function placesOf(network: number, nodes: number, zones: number): SocketAddress[] {
  const { apiServer, apiServerEndpoints, dns, ingress, pod, node } = addressesOf(network);
  const numbers = Array.from({ length: nodes }, (_, index) => [(index % zones) + 1, index + 1] as const);
  return [
    ...[apiServer, ...apiServerEndpoints].map((address) => ({ address, port: ports.apiServer })),
    ...dns.map((address) => ({ address, port: ports.dns })),
    { address: ingress, port: ports.ingress },
    ...numbers.map(([zone, number]) => ({ address: pod(zone, number), port: ports.agent })),
    ...numbers.map(([zone, number]) => ({ address: node(zone, number), port: ports.kubelet })),
  ];
}
