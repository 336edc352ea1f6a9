import type { KubernetesObject } from "./collection.ts";

/** The fields of a node that discovery reads. */
export interface NodeObject extends KubernetesObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
  };
}

/** What is kept of a node. */
export interface Node {
  readonly name: string;
  readonly zone?: string;
  readonly schedulable: boolean;
}

/** Taints of a node that is to be left: by a cordon, by the cluster autoscaler, by Karpenter (its old and its new key). */
const leavingTaints = new Set([
  "node.kubernetes.io/unschedulable",
  "ToBeDeletedByClusterAutoscaler",
  "karpenter.sh/disrupted",
  "karpenter.sh/disruption",
]);

/** A cordon shows as a field at once and as a taint soon after; autoscalers may only taint what they are about to remove. */
export function nodeOf({ metadata, spec }: NodeObject): Node {
  const leaving = spec?.taints?.some(({ key, effect }) => effect === "NoSchedule" && leavingTaints.has(key));
  const zone = metadata.labels?.["topology.kubernetes.io/zone"];
  return {
    name: metadata.name,
    ...(zone === undefined ? {} : { zone }),
    schedulable: spec?.unschedulable !== true && leaving !== true,
  };
}
