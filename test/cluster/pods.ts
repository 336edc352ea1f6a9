import type { ClusterApi } from "./clusterApi.ts";

export const namespace = "kube-system";

/** The path of the pods in the API. */
export const pods = `/api/v1/namespaces/${namespace}/pods`;
/** Where the API server lists the pods of the cluster's DNS. */
export const dnsPodsPath = `${pods}?labelSelector=k8s-app%3Dkube-dns`;
/** Where the API server lists the agents' pods. */
export const podsPath = `${pods}?labelSelector=app%3Dkubenurse`;

/** What the tests read of a pod. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly containerID: string }[];
  };
}

export function nodeOf({ spec }: Pod): string {
  return spec.nodeName ?? "";
}

export function isReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** The identifier of a pod's first container, as its runtime knows it. */
export function containerOf({ metadata, status }: Pod): string {
  const [container] = status.containerStatuses ?? [];
  if (container === undefined) throw new Error(`${metadata.name} has no container`);
  return container.containerID.replace(/^.*:\/\//, "");
}

/** Those that stay, ordered by node. */
export async function agentsByNode(api: ClusterApi): Promise<Pod[]> {
  const { items } = await api.json<{ items: Pod[] }>(podsPath);
  const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return staying.sort((a, b) => nodeOf(a).localeCompare(nodeOf(b)));
}
