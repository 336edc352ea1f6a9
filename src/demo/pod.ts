import { randomBytes } from "node:crypto";
import type { ApiObject } from "./api/store.ts";

export const namespace = "kube-system";
export const service = "kubenurse";
export const servicePortName = "8080-8080";

/** An object of the API as the demo's own parts read and change it. */
export interface PodObject extends ApiObject {
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly podIP: string;
    readonly conditions: readonly { readonly type: string; readonly status: "True" | "False" }[];
  };
}

/** A pod of the DaemonSet whose container has just started. */
export function createPod(nodeName: string, address: string, nodeAddress: string): PodObject {
  const now = new Date().toISOString().replace(/\.\d+/, "");
  return {
    metadata: {
      name: `${service}-${randomBytes(3).toString("hex").slice(0, 5)}`,
      namespace,
      labels: { app: service },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "DaemonSet", name: service, controller: true }],
    },
    spec: {
      nodeName,
      containers: [
        { name: service, image: service, readinessProbe: { httpGet: { path: "/ready", port: 8080 } } },
      ],
    } as PodObject["spec"],
    status: {
      phase: "Running",
      ...{ podIP: address, podIPs: [{ ip: address }], hostIP: nodeAddress, startTime: now },
      conditions: [{ type: "Ready", status: "False" }],
      containerStatuses: [
        { name: service, ready: false, restartCount: 0, state: { running: { startedAt: now } } },
      ],
    } as PodObject["status"],
  };
}

export function isReady({ status }: PodObject): boolean {
  return status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}

export function markReady(pod: ApiObject, ready: boolean): ApiObject {
  const { status } = pod as PodObject;
  return { ...pod, status: { ...status, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] } };
}
