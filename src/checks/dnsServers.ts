import type { ServiceEndpoint, ServiceView } from "../discovery/service.ts";
import type { SocketAddress } from "../edges.ts";
import { nodeHash } from "../mesh/ring.ts";

/** A DNS server that is asked for itself. */
export interface DnsServer {
  /** Tells it apart from all others. */
  readonly name: string;
  readonly sort: "dns_resolver" | "dns_service" | "dns_pod";
  readonly at: SocketAddress;
  /** Where a pod runs, as far as known. */
  readonly node?: string;
}

/** Of resolvers and of the Service; that of the pods is in the view. */
export const dnsPort = 53;
/** However many DNS pods there are, an agent asks no more of them. */
const mostPods = 10;

/**
 * The servers to ask, each address once: the Service has the better name where it is a resolver, too. Of many pods an agent takes its own
 * share, by a hash with `ownName`, so that each is asked by about as many agents.
 */
export function dnsServers(
  nameServers: readonly string[],
  service: ServiceView,
  ownName: string,
): readonly DnsServer[] {
  const { clusterIP, endpoints } = service.state === "known" ? service : nothing;
  const ready = endpoints.filter(({ state, podName }) => state === "ready" && podName !== "");
  const servers: DnsServer[] = [];
  for (const [index, address] of nameServers.entries()) {
    if (address === clusterIP || nameServers.indexOf(address) < index) continue;
    servers.push({ name: `dns_resolver_${index + 1}`, sort: "dns_resolver", at: { address, port: dnsPort } });
  }
  if (clusterIP !== undefined) {
    servers.push({ name: "dns_service", sort: "dns_service", at: { address: clusterIP, port: dnsPort } });
  }
  for (const { podName, address, port, nodeName } of ownShare(ready, ownName)) {
    const node = nodeName === "" ? {} : { node: nodeName };
    servers.push({ name: `dns_pod_${podName}`, sort: "dns_pod", at: { address, port }, ...node });
  }
  return servers;
}

const nothing = { clusterIP: undefined, endpoints: [] };

function ownShare(pods: readonly ServiceEndpoint[], ownName: string): readonly ServiceEndpoint[] {
  if (pods.length <= mostPods) return pods;
  return pods
    .map((pod) => ({ pod, rank: nodeHash(`${ownName}/${pod.podName}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, mostPods)
    .map(({ pod }) => pod);
}
