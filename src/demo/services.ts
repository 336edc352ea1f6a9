import type { SocketAddress } from "../edges.ts";
import type { ApiObject, Store } from "./api/store.ts";

/** What each node's kube-proxy makes of Services and EndpointSlices. */
export interface Services {
  /** The Service's address; undefined where there is no such Service. */
  addressOf(namespace: string, service: string): string | undefined;
  /** Its ready endpoints. */
  endpointsOf(namespace: string, service: string): readonly SocketAddress[];
  /** Where a connection to `to` really goes: to an endpoint where it is a Service's address, else to itself. */
  route(to: SocketAddress): SocketAddress;
}

/** Reads the API's present state at each call. */
export function createServices(store: Store): Services {
  const rounds = new Map<string, SocketAddress[]>();

  const endpointsOf = (namespace: string, service: string) =>
    store
      .list("endpointslices")
      .filter(({ metadata }) => metadata.namespace === namespace)
      .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service)
      .flatMap(readyEndpoints);

  const pick = (key: string, endpoints: readonly SocketAddress[]) => {
    let round = rounds.get(key)?.filter((one) => endpoints.some((other) => isSame(one, other))) ?? [];
    if (round.length === 0) round = shuffle(endpoints);
    rounds.set(key, round);
    return round.pop();
  };

  return {
    addressOf: (namespace, service) =>
      store
        .list("services")
        .filter(({ metadata }) => metadata.namespace === namespace && metadata.name === service)
        .map(clusterIpOf)[0],
    endpointsOf,
    route(to) {
      const service = store.list("services").find((service) => clusterIpOf(service) === to.address);
      if (service === undefined) return to;
      const { namespace = "", name } = service.metadata;
      // Where there is no endpoint, nothing listens at the Service's own address either, and that refuses as kube-proxy does.
      return pick(`${namespace}/${name}`, endpointsOf(namespace, name)) ?? to;
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

/**
 * Endpoints are used in rounds, each in a new order: as even as kube-proxy's random choice in the long run, and in the short run
 * a bad endpoint shows soon.
 */
function shuffle<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  return one.address === other.address && one.port === other.port;
}
