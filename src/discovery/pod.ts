import type { Candidate } from "./candidate.ts";
import type { KubernetesObject } from "./collection.ts";

/** The fields of a pod that discovery reads. */
export interface PodObject extends KubernetesObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly readinessProbe?: object }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly running?: { readonly startedAt?: string } };
    }[];
  };
}

/** A new agent is left alone until it can be expected to listen: at once when ready, else after these seconds. */
const startSeconds = { withReadinessProbe: 30, without: 10 };

/** Readiness does not matter for being live: the agent of a cordoned node is unready. */
export function candidateOfPod({ metadata, spec, status }: PodObject): Candidate {
  const ip = status?.podIP ?? "";
  const runs = status?.phase === "Running" && metadata.deletionTimestamp === undefined && ip !== "";
  return {
    name: metadata.name,
    ip,
    hostIP: status?.hostIP ?? "",
    nodeName: spec?.nodeName ?? "",
    state: runs ? "live" : "leaving",
    ready: isReady(status),
    settledAt: settledAt(spec, status),
  };
}

function settledAt(spec: PodObject["spec"], status: PodObject["status"]): number {
  const startedAt = Math.max(0, ...(status?.containerStatuses ?? []).map(startOf));
  const hasReadinessProbe =
    spec?.containers?.some((container) => container.readinessProbe !== undefined) ?? false;
  if (!hasReadinessProbe) return startedAt + startSeconds.without;
  return isReady(status) ? startedAt : startedAt + startSeconds.withReadinessProbe;
}

function isReady(status: PodObject["status"]): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

function startOf({
  state,
}: {
  readonly state?: { readonly running?: { readonly startedAt?: string } };
}): number {
  return state?.running?.startedAt === undefined ? 0 : Date.parse(state.running.startedAt) / 1000;
}
