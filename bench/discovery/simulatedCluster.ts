import type { ApiObject, Store } from "../../src/demo/api/store.ts";

export const namespace = "kube-system";
export const service = "kubenurse-agents";
/** Kubernetes fills slices up to this many endpoints. */
const endpointsPerSlice = 100;
/** Typical sizes of what a kubelet and a DaemonSet make, in bytes; most of it is of no use to an agent. */
const filler = { node: "x".repeat(9_000), pod: "x".repeat(4_000) };

/** A cluster of nodes with an agent each, as the API server shows it. */
export interface SimulatedCluster {
  readonly ownPod: string;
  /** A kubelet reports its node's status, which it does about every five minutes. */
  reportNode(index: number): void;
  /** The agent of a node ends and is replaced: what an agent sees of a rolling update. */
  replaceAgent(index: number): void;
}

export function createSimulatedCluster(
  store: Store,
  nodes: number,
  addresses: readonly string[],
): SimulatedCluster {
  const generations = new Map<number, number>();
  const podName = (index: number) => `kubenurse-${index}-${generations.get(index) ?? 0}`;
  const addressOf = (index: number) => addresses[index % addresses.length] ?? "";

  const nodeObject = (index: number, heartbeat: string): ApiObject => ({
    metadata: {
      name: nodeName(index),
      labels: { "topology.kubernetes.io/zone": zoneOf(index) },
      annotations: { filler: filler.node },
    },
    spec: {},
    status: { conditions: [{ type: "Ready", status: "True", lastHeartbeatTime: heartbeat }] },
  });
  const podObject = (index: number, ready: boolean, ending = false): ApiObject => ({
    metadata: {
      name: podName(index),
      namespace,
      labels: { app: "kubenurse" },
      annotations: { filler: filler.pod },
      ...(ending ? { deletionTimestamp: new Date().toISOString() } : {}),
    },
    spec: { nodeName: nodeName(index), containers: [{ readinessProbe: {} }] },
    status: {
      phase: "Running",
      ...{ podIP: addressOf(index), hostIP: addressOf(index) },
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
      containerStatuses: [{ state: { running: { startedAt: new Date().toISOString() } } }],
    },
  });
  const endpoint = (index: number, ready: boolean) => ({
    addresses: [addressOf(index)],
    conditions: { ready, serving: ready, terminating: false },
    nodeName: nodeName(index),
    zone: zoneOf(index),
    targetRef: { kind: "Pod", namespace, name: podName(index) },
  });
  const sliceName = (slice: number) => `${service}-${slice}`;
  const sliceObject = (slice: number, unready?: number): ApiObject => {
    const first = slice * endpointsPerSlice;
    const count = Math.min(endpointsPerSlice, nodes - first);
    const endpoints = Array.from({ length: count }, (_, n) => endpoint(first + n, first + n !== unready));
    const labels = { "kubernetes.io/service-name": service };
    return { metadata: { name: sliceName(slice), namespace, labels }, addressType: "IPv4", endpoints };
  };

  for (let index = 0; index < nodes; index += 1) {
    store.create("nodes", nodeObject(index, ""));
    store.create("pods", podObject(index, true));
  }
  for (let slice = 0; slice * endpointsPerSlice < nodes; slice += 1)
    store.create("endpointslices", sliceObject(slice));

  const updateSlice = (index: number, unready?: number) => {
    const slice = Math.floor(index / endpointsPerSlice);
    store.update("endpointslices", sliceName(slice), namespace, () => sliceObject(slice, unready));
  };
  return {
    ownPod: podName(0),
    reportNode(index) {
      store.update("nodes", nodeName(index), undefined, () => nodeObject(index, new Date().toISOString()));
    },
    replaceAgent(index) {
      store.update("pods", podName(index), namespace, () => podObject(index, false, true));
      updateSlice(index, index);
      store.remove("pods", podName(index), namespace);
      generations.set(index, (generations.get(index) ?? 0) + 1);
      store.create("pods", podObject(index, false));
      store.update("pods", podName(index), namespace, () => podObject(index, true));
      updateSlice(index);
    },
  };
}

const nodeName = (index: number) => `node-${index}.example.internal`;
const zoneOf = (index: number) => `zone-${index % 3}`;
