import type { ClusterApi } from "./clusterApi.ts";
import { agentsByNode, dnsPodsPath, type Pod } from "./pods.ts";

/** Where a fault is made: agents of three nodes, and the pods of the cluster's DNS. */
export interface Site {
  readonly first: Pod;
  readonly second: Pod;
  readonly third: Pod;
  readonly dnsPods: readonly Pod[];
}

/** @throws Error where the cluster has fewer than three nodes. */
export async function siteIn(api: ClusterApi): Promise<Site> {
  const [first, second, third] = await agentsByNode(api);
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("three nodes, please");
  const { items: dnsPods } = await api.json<{ items: Pod[] }>(dnsPodsPath);
  return { first, second, third, dnsPods };
}
