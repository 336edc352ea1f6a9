import type { Candidate } from "./candidate.ts";
import type { KubernetesObject } from "./collection.ts";

/** The fields of an EndpointSlice that discovery reads. */
export interface EndpointSliceObject extends KubernetesObject {
  readonly addressType?: string;
  readonly ports?: readonly EndpointPort[] | null;
  readonly endpoints?: readonly Endpoint[] | null;
}

interface EndpointPort {
  readonly name?: string;
  /** Absent means TCP. */
  readonly protocol?: string;
  /** Absent means every port. */
  readonly port?: number;
}

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean; readonly terminating?: boolean };
  readonly nodeName?: string;
  readonly zone?: string;
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
}

/**
 * The agents of one slice. An agent is live when it is ready: that of a cordoned node is not, and so nobody needs to watch nodes to
 * leave it out. Where such agents are allowed, an unready one is live too.
 */
export function candidatesOfSlice(slice: EndpointSliceObject, unreadyToo: boolean): readonly Candidate[] {
  if (slice.addressType === "FQDN") return [];
  return (slice.endpoints ?? []).map(({ addresses, conditions, nodeName = "", zone, targetRef }) => {
    // An absent condition is to be read as ready and as not terminating (EndpointConditions of discovery.k8s.io/v1).
    const { ready = true, terminating = false } = conditions ?? {};
    return {
      name: targetRef?.name ?? "",
      ip: addresses[0] ?? "",
      hostIP: "",
      nodeName,
      ...(zone === undefined ? {} : { zone }),
      state: terminating ? "leaving" : ready || unreadyToo ? "live" : "unready",
      ready,
      // Ready agents listen.
      settledAt: 0,
    };
  });
}
