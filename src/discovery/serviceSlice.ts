import type { EndpointSliceObject } from "./endpointSlice.ts";
import type { ServiceEndpoint } from "./service.ts";

/** Which of a Service's ports counts: the one of this name, else the first one of the protocol. */
export interface ServicePort {
  readonly name: string;
  readonly protocol: "TCP" | "UDP";
}

/** The endpoints of one slice of a Service; none where the slice lacks the port. */
export function endpointsOfSlice(
  slice: EndpointSliceObject,
  wanted: ServicePort,
): readonly ServiceEndpoint[] {
  const port = portOf(slice, wanted);
  if (slice.addressType === "FQDN" || port === undefined) return [];
  return (slice.endpoints ?? []).map(({ addresses, conditions, nodeName = "", zone, targetRef }) => {
    // An absent condition is to be read as ready and as not terminating (EndpointConditions of discovery.k8s.io/v1).
    const { ready = true, terminating = false } = conditions ?? {};
    return {
      podName: targetRef?.kind === "Pod" ? (targetRef.name ?? "") : "",
      address: addresses[0] ?? "",
      port,
      nodeName,
      ...(zone === undefined ? {} : { zone }),
      state: terminating ? "leaving" : ready ? "ready" : "unready",
    };
  });
}

/** Named endpoint ports are those of the pods, whatever the Service's own are. */
function portOf({ ports }: EndpointSliceObject, { name, protocol }: ServicePort): number | undefined {
  const ofProtocol = (ports ?? []).filter((port) => (port.protocol ?? "TCP") === protocol);
  return (ofProtocol.find((port) => port.name === name) ?? ofProtocol[0])?.port;
}
