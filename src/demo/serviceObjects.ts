import { type Addresses, controlPlane, ports } from "./addresses.ts";
import type { Store } from "./api/store.ts";
import { namespace, service, servicePortName } from "./pod.ts";

/** Tells the API of the Services, and of the endpoints of those that are no agents. */
export function createServiceObjects(store: Store, addresses: Addresses): void {
  const dnsPorts = [
    { name: "dns", protocol: "UDP" },
    { name: "dns-tcp", protocol: "TCP" },
  ];
  const create = (name: string, namespace: string, clusterIP: string, ports: readonly object[]) =>
    store.create("services", { metadata: { name, namespace }, spec: { clusterIP, ports } });
  const createSlice = (
    name: string,
    namespace: string,
    ports: readonly object[],
    endpoints: readonly object[],
  ) =>
    store.create("endpointslices", {
      metadata: { name: `${name}-demo1`, namespace, labels: { "kubernetes.io/service-name": name } },
      ...{ addressType: "IPv4", ports },
      endpoints: endpoints.map((endpoint) => ({ ...endpoint, conditions: { ready: true } })),
    });

  create(service, namespace, addresses.service, [{ name: servicePortName, port: ports.agent }]);

  const https = [{ name: "https", port: ports.apiServer, protocol: "TCP" }];
  create("kubernetes", "default", addresses.apiServer, https);
  const apiServers = addresses.apiServerEndpoints.map((address) => ({ addresses: [address] }));
  createSlice("kubernetes", "default", https, apiServers);

  const withPort = (port: number) => dnsPorts.map((one) => ({ ...one, port }));
  create("kube-dns", "kube-system", addresses.dnsService, withPort(ports.resolver));
  const dnsPods = addresses.dns.map((address, index) => ({
    ...{ addresses: [address], nodeName: controlPlane },
    targetRef: { kind: "Pod", namespace: "kube-system", name: `coredns-${index + 1}` },
  }));
  createSlice("kube-dns", "kube-system", withPort(ports.dns), dnsPods);
}
