import type { SocketAddress } from "../edges.ts";
import type { ApiObject, Store } from "./api/store.ts";

/** What Services and EndpointSlices say. */
export interface Services {
  /** The Service's address; undefined where there is no such Service. */
  addressOf(namespace: string, service: string): string | undefined;
  /** Of all Services. */
  addresses(): readonly string[];
  /** Its ready endpoints. */
  endpointsOf(namespace: string, service: string): readonly SocketAddress[];
  /** The ready endpoints of the Service with this address; undefined where there is none. */
  endpointsAt(address: string): readonly SocketAddress[] | undefined;
}

/** Reads the API's present state at each call. */
export function createServices(store: Store): Services {
  const endpointsOf = (namespace: string, service: string) =>
    store
      .list("endpointslices")
      .filter(({ metadata }) => metadata.namespace === namespace)
      .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service)
      .flatMap(readyEndpoints);
  return {
    addressOf: (namespace, service) =>
      store
        .list("services")
        .filter(({ metadata }) => metadata.namespace === namespace && metadata.name === service)
        .map(clusterIpOf)[0],
    addresses: () => store.list("services").flatMap((service) => clusterIpOf(service) ?? []),
    endpointsOf,
    endpointsAt(address) {
      const service = store.list("services").find((service) => clusterIpOf(service) === address);
      return service && endpointsOf(service.metadata.namespace ?? "", service.metadata.name);
    },
  };
}

function clusterIpOf(service: ApiObject): string | undefined {
  return (service as { spec?: { clusterIP?: string } }).spec?.clusterIP;
}

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly port: number }[];
}

function readyEndpoints(slice: ApiObject): SocketAddress[] {
  const { endpoints = [], ports = [] } = slice as Slice;
  return endpoints
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses.slice(0, 1))
    .flatMap((address) => ports.slice(0, 1).map(({ port }) => ({ address, port })));
}
