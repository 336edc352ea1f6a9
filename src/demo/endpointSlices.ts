import { ports } from "./addresses.ts";
import type { ApiObject, Store } from "./api/store.ts";
import { isReady, namespace, type PodObject, service, servicePortName } from "./pod.ts";

const sliceName = `${service}-demo1`;

/** Keeps the EndpointSlice of the agents' Service as the pods are, until the returned function is called. */
export function followEndpoints(store: Store): () => void {
  store.create("endpointslices", sliceOf(store));
  let pending = false;
  return store.subscribe(({ resource }) => {
    if (resource !== "pods" || pending) return;
    pending = true;
    // After the change that is being told, so that each follower sees changes in their order.
    queueMicrotask(() => {
      pending = false;
      store.update("endpointslices", sliceName, namespace, () => sliceOf(store));
    });
  });
}

function sliceOf(store: Store): ApiObject {
  return {
    metadata: { name: sliceName, namespace, labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    ports: [{ name: servicePortName, port: ports.agent, protocol: "TCP" }],
    endpoints: store.list("pods").map((pod) => endpointOf(pod as PodObject, store)),
  };
}

function endpointOf(pod: PodObject, store: Store): object {
  const { nodeName } = pod.spec;
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const node = store.list("nodes").find(({ metadata }) => metadata.name === nodeName);
  const zone = node?.metadata.labels?.["topology.kubernetes.io/zone"];
  const { name, uid } = pod.metadata;
  return {
    addresses: [pod.status.podIP],
    conditions: { ready: serving && !terminating, serving, terminating },
    ...{ nodeName, zone, targetRef: { kind: "Pod", namespace, name, uid } },
  };
}
