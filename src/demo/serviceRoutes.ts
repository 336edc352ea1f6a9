import type { SocketAddress } from "../edges.ts";
import type { Services } from "./services.ts";

/** What each node's kube-proxy makes of the Services. */
export interface ServiceRoutes {
  /** Where what the node sends to `to` really goes: to an endpoint where it is a Service's address, else to itself. */
  route(node: string, to: SocketAddress): SocketAddress;
  /** The node's endpoints stay as they are now, until `goOn`. */
  standStill(node: string): void;
  goOn(node: string): void;
}

export function createServiceRoutes(services: Services): ServiceRoutes {
  const rounds = new Map<string, SocketAddress[]>();
  const stale = new Map<string, ReadonlyMap<string, readonly SocketAddress[]>>();

  const pick = (key: string, endpoints: readonly SocketAddress[]) => {
    let round = rounds.get(key)?.filter((one) => endpoints.some((other) => isSame(one, other))) ?? [];
    if (round.length === 0) round = shuffle(endpoints);
    rounds.set(key, round);
    return round.pop();
  };

  return {
    route(node, to) {
      const endpoints = stale.get(node)?.get(to.address) ?? services.endpointsAt(to.address);
      if (endpoints === undefined) return to;
      // Where there is no endpoint, nothing listens at the Service's own address either, and that refuses as kube-proxy does.
      return pick(`${node} ${to.address}`, endpoints) ?? to;
    },
    standStill: (node) =>
      stale.set(
        node,
        new Map(services.addresses().map((address) => [address, services.endpointsAt(address) ?? []])),
      ),
    goOn: (node) => void stale.delete(node),
  };
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
