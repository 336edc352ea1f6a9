import { isIP } from "node:net";
import type { KubernetesObject } from "./collection.ts";
import type { EndpointSliceObject } from "./endpointSlice.ts";
import { type ReflectorOptions, startReflector } from "./reflector.ts";
import type { ServiceEndpoint } from "./service.ts";
import { endpointsOfSlice, type ServicePort } from "./serviceSlice.ts";

interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

type Shared<Item> = Omit<ReflectorOptions<never, Item>, "collection" | "slim">;

/** Follows the endpoints of a Service: those of one slice each. */
export function followEndpoints(
  { namespace, name }: ServiceName,
  port: ServicePort,
  shared: Shared<readonly ServiceEndpoint[]>,
): void {
  startReflector<EndpointSliceObject, readonly ServiceEndpoint[]>({
    ...shared,
    collection: {
      path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
      labelSelector: `kubernetes.io/service-name=${name}`,
    },
    slim: (slice) => endpointsOfSlice(slice, port),
  });
}

interface ServiceObject extends KubernetesObject {
  readonly spec?: { readonly clusterIP?: string };
}

/** Follows a Service's address: absent for a headless one. A role that names the Service permits a list only with this field selector. */
export function followAddress({ namespace, name }: ServiceName, shared: Shared<string | undefined>): void {
  startReflector<ServiceObject, string | undefined>({
    ...shared,
    collection: { path: `/api/v1/namespaces/${namespace}/services`, fieldSelector: `metadata.name=${name}` },
    slim: ({ spec: { clusterIP = "" } = {} }) => (isIP(clusterIP) === 0 ? undefined : clusterIP),
  });
}
