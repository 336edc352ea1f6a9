import { type Addresses, addressesOf, controlPlane, ports } from "./addresses.ts";
import { type ApiServer, startApiServer } from "./api/server.ts";
import type { CertificateAuthority } from "./certificates.ts";
import { startDnsServer } from "./dns/server.ts";
import { createZone } from "./dns/zone.ts";
import { followEndpoints } from "./endpointSlices.ts";
import type { Faults } from "./faults.ts";
import { createFreezableClock } from "./freezableClock.ts";
import { startIngress } from "./ingress.ts";
import type { Network } from "./network/network.ts";
import { namespace, service } from "./pod.ts";
import { createServiceObjects } from "./serviceObjects.ts";
import { createServiceRoutes, type ServiceRoutes } from "./serviceRoutes.ts";
import { createServices } from "./services.ts";

/** A host name under which the ingress passes requests on to the agents. */
export const ingressHost = "kubenurse.example.test";
const apiServerName = "kubernetes.default.svc.cluster.local";

export interface ControlPlane {
  readonly addresses: Addresses;
  readonly apiServer: ApiServer;
  readonly routes: ServiceRoutes;
}

export interface ControlPlaneOptions {
  /** The second number of all addresses, or that a free one is to be found. */
  readonly network: number | "free";
  readonly authority: CertificateAuthority;
  readonly token: string;
  readonly faults: Faults;
  readonly connections: Network;
  /** Gets what is to be stopped, as it starts. */
  readonly stack: AsyncDisposableStack;
}

/** Starts API server, DNS and ingress, and tells the API of the Services. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { authority, faults, connections, stack } = options;
  const { apiServer, addresses } = await startApiServerIn(options);
  stack.use(apiServer);
  for (const [index, address] of addresses.apiServerEndpoints.entries()) {
    connections.attach(address, { place: controlPlane, pod: false, server: `api-${index + 1}` });
  }
  const services = createServices(apiServer.store);
  createServiceObjects(apiServer.store, addresses);
  stack.defer(followEndpoints(apiServer.store));

  const zone = createZone(services, new Map([[ingressHost, addresses.ingress]]));
  for (const [index, address] of addresses.dns.entries()) {
    connections.attach(address, { place: controlPlane, pod: true, server: `dns-${index + 1}` });
    const server = await startDnsServer({
      ...{ address, port: ports.dns, zone },
      openDatagrams: (options) =>
        connections.openDatagrams(controlPlane, address, options, createFreezableClock()),
    });
    stack.use(server);
  }
  stack.use(
    await startIngress({
      ...{ address: addresses.ingress, port: ports.ingress },
      certificate: await authority.issue({ names: [ingressHost] }),
      backendsOf: (host) => (host === ingressHost ? services.endpointsOf(namespace, service) : undefined),
      connect: (to) => connections.connect(controlPlane, addresses.ingress, to),
      failing: () => faults.some(({ kind }) => kind === "ingress-502"),
    }),
  );
  return { addresses, apiServer, routes: createServiceRoutes(services) };
}

/** The networks that are tried are those of the range that a demo does not use. */
const networks = { first: 16, count: 230, tries: 50 };

async function startApiServerIn({ network, authority, token }: ControlPlaneOptions) {
  for (let tried = 1; ; tried += 1) {
    const random = networks.first + Math.floor(Math.random() * networks.count);
    const addresses = addressesOf(network === "free" ? random : network);
    const { apiServer: address, apiServerEndpoints: replicas } = addresses;
    const certificate = await authority.issue({
      names: [apiServerName],
      addresses: [address, ...replicas],
    });
    try {
      const apiServer = await startApiServer({
        ...{ address, replicas, port: ports.apiServer, certificate },
        tokens: [token],
      });
      return { apiServer, addresses };
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (network !== "free" || !taken || tried === networks.tries) throw error;
    }
  }
}
