import type { Config } from "../config/config.ts";
import type { Candidate } from "./candidate.ts";
import { candidatesOfSlice, type EndpointSliceObject } from "./endpointSlice.ts";
import { candidateOfPod, type PodObject } from "./pod.ts";
import { type Reflection, type ReflectorOptions, startReflector } from "./reflector.ts";

/** The agents by what shows them: one pod each, or the endpoints of one slice each. */
export type Agents = Reflection<readonly Candidate[]>;

/** Follows the endpoints of the discovery Service where one is named, else the pods that the neighbour filter selects. */
export function followAgents(
  { namespace, discoveryService, neighbourFilter, allowUnschedulable }: Config,
  shared: Omit<ReflectorOptions<never, readonly Candidate[]>, "collection" | "slim">,
): void {
  if (discoveryService !== undefined) {
    startReflector<EndpointSliceObject, readonly Candidate[]>({
      ...shared,
      collection: {
        path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
        labelSelector: `kubernetes.io/service-name=${discoveryService}`,
      },
      slim: (slice) => candidatesOfSlice(slice, allowUnschedulable),
    });
    return;
  }
  const path = namespace === "" ? "/api/v1/pods" : `/api/v1/namespaces/${namespace}/pods`;
  startReflector<PodObject, readonly Candidate[]>({
    ...shared,
    collection: { path, labelSelector: neighbourFilter.text },
    slim: (pod) => [candidateOfPod(pod)],
  });
}
