import { httpProbe } from "../http/probe.ts";
import type { HttpTarget } from "../http/target.ts";
import type { Probe } from "../probe.ts";
import type { ExpectedEndpoint, Reach } from "./reach.ts";
import type { ServiceReading } from "./reading.ts";

/** A Service whose endpoints are agents. */
export interface ServiceTarget {
  /** Connects to the Service's address, anew each time. */
  readonly request: HttpTarget;
  readonly reach: Reach;
  /** The endpoints that it should lead to now. */
  readonly expected: () => readonly ExpectedEndpoint[];
}

/** One GET over a new connection to a Service's address. It is ok when the answer is, and no endpoint has been left out for too long. */
export const serviceProbe: Probe<ServiceTarget, ServiceReading> = {
  kind: "service",
  reasons: [...httpProbe.reasons.filter((reason) => reason !== "body_stall"), "endpoint_unreached"],
  phases: httpProbe.phases.filter((phase) => phase !== "transfer"),
  async attempt({ request, reach, expected }, context) {
    const outcome = await httpProbe.attempt(request, context);
    if (outcome.state === "discarded") return outcome;
    const { answeredBy } = outcome.reading;
    if (outcome.state === "ok" && answeredBy === undefined) reach.noteNameless();
    const endpoints = expected();
    const unreached = reach.note(answeredBy?.pod, endpoints);
    const reading: ServiceReading = { kind: "service", answeredBy, expected: endpoints.length, unreached };
    if (outcome.state === "failed" || unreached.length === 0) return { ...outcome, reading };
    return {
      ...{ state: "failed", phase: "connect", reason: "endpoint_unreached", phases: outcome.phases, reading },
      detail: `the Service does not lead to ${unreached.join(", ")}`,
    };
  },
};
