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

/** A cordon shows as a field at once and as a taint soon after; a node without either counts as schedulable. */
export function nodeOf({ metadata, spec }: NodeObject): Node {
  const cordoned = spec?.taints?.some(
    ({ key, effect }) => key === "node.kubernetes.io/unschedulable" && effect === "NoSchedule",
  );
  const zone = metadata.labels?.["topology.kubernetes.io/zone"];
  return {
    name: metadata.name,
    ...(zone === undefined ? {} : { zone }),
    schedulable: spec?.unschedulable !== true && cordoned !== true,
  };
}
