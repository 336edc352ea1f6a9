import { type Addresses, addressesOf, controlPlane, ports } from "./addresses.ts";
import { type ApiServer, startApiServer } from "./api/server.ts";
import type { Store } from "./api/store.ts";
import type { CertificateAuthority } from "./certificates.ts";
import { startDnsServer } from "./dns/server.ts";
import { createZone } from "./dns/zone.ts";
import { followEndpoints } from "./endpointSlices.ts";
import type { Faults } from "./faults.ts";
import { startIngress } from "./ingress.ts";
import type { Network } from "./network/network.ts";
import { namespace, service, servicePortName } from "./pod.ts";
import { createServices, type Services } from "./services.ts";

/** A host name under which the ingress passes requests on to the agents. */
export const ingressHost = "kubenurse.example.test";
const apiServerName = "kubernetes.default.svc.cluster.local";

export interface ControlPlane {
  readonly addresses: Addresses;
  readonly apiServer: ApiServer;
  readonly services: Services;
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
  const services = createServices(apiServer.store);
  createServiceObjects(apiServer.store, addresses);
  stack.defer(followEndpoints(apiServer.store));

  const zone = createZone(services, new Map([[ingressHost, addresses.ingress]]));
  for (const [index, address] of addresses.dns.entries()) {
    const alive = () => !faults.some((fault) => fault.kind === "dead-dns" && fault.replica === index + 1);
    stack.use(await startDnsServer({ address, port: ports.dns, zone, alive }));
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
  return { addresses, apiServer, services };
}

/** The networks that are tried are those of the range that a demo does not use. */
const networks = { first: 16, count: 230, tries: 50 };

async function startApiServerIn({ network, authority, token }: ControlPlaneOptions) {
  for (let tried = 1; ; tried += 1) {
    const random = networks.first + Math.floor(Math.random() * networks.count);
    const addresses = addressesOf(network === "free" ? random : network);
    const address = addresses.apiServer;
    const certificate = await authority.issue({ names: [apiServerName], addresses: [address] });
    try {
      const apiServer = await startApiServer({
        address,
        port: ports.apiServer,
        certificate,
        tokens: [token],
      });
      return { apiServer, addresses };
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (network !== "free" || !taken || tried === networks.tries) throw error;
    }
  }
}

function createServiceObjects(store: Store, addresses: Addresses): void {
  const create = (name: string, namespace: string, clusterIP: string, port: object) =>
    store.create("services", { metadata: { name, namespace }, spec: { clusterIP, ports: [port] } });
  create(service, namespace, addresses.service, { name: servicePortName, port: ports.agent });
  // As where a load balancer is in front of the API server: its address is the Service's only endpoint, and here also the Service's own.
  create("kubernetes", "default", addresses.apiServer, { name: "https", port: ports.apiServer });
  store.create("endpointslices", {
    metadata: {
      ...{ name: "kubernetes", namespace: "default" },
      labels: { "kubernetes.io/service-name": "kubernetes" },
    },
    addressType: "IPv4",
    ports: [{ name: "https", port: ports.apiServer, protocol: "TCP" }],
    endpoints: [{ addresses: [addresses.apiServer], conditions: { ready: true } }],
  });
}
