/** One kind of object that the API server serves. */
export interface Kind {
  /** Such as `v1` or `discovery.k8s.io/v1`. */
  readonly apiVersion: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const kinds: readonly Kind[] = [
  { apiVersion: "v1", resource: "pods", kind: "Pod", namespaced: true },
  { apiVersion: "v1", resource: "nodes", kind: "Node", namespaced: false },
  { apiVersion: "v1", resource: "events", kind: "Event", namespaced: true },
  { apiVersion: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true },
  { apiVersion: "v1", resource: "services", kind: "Service", namespaced: true },
  { apiVersion: "discovery.k8s.io/v1", resource: "endpointslices", kind: "EndpointSlice", namespaced: true },
  { apiVersion: "coordination.k8s.io/v1", resource: "leases", kind: "Lease", namespaced: true },
];

/** What a path of the API names: one object, or without `name` a collection. */
export interface Place {
  readonly kind: Kind;
  /** Absent for nodes, and where a collection spans all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
}

const pathForm =
  /^\/(?:api\/(?<core>v1)|apis\/(?<group>[^/]+\/[^/]+))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/status)?)?$/;

/** Reads a path such as `/api/v1/namespaces/kube-system/pods/a`; undefined where it names nothing that is served. */
export function placeOf(path: string): Place | undefined {
  const { core, group, namespace, resource, name } = pathForm.exec(path)?.groups ?? {};
  const apiVersion = core ?? group;
  const kind = kinds.find((kind) => kind.apiVersion === apiVersion && kind.resource === resource);
  if (kind === undefined || (namespace !== undefined && !kind.namespaced)) return undefined;
  if (name !== undefined && kind.namespaced && namespace === undefined) return undefined;
  return { kind, ...(namespace ? { namespace } : {}), ...(name ? { name: decodeURIComponent(name) } : {}) };
}
