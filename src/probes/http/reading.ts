import type { AgentIdentity } from "../agentIdentity.ts";
import type { Phases } from "../probe.ts";

/** One request and its answer. A redirect makes several of them in one attempt. */
export interface RoundTrip {
  /** HTTP status code of the answer. */
  readonly code: number;
  readonly phases: Phases;
}

/** What an HTTP attempt read: its round trips in order; the last one decides. */
export interface HttpReading {
  readonly kind: "http";
  readonly roundTrips: readonly RoundTrip[];
  /** The agent that gave the last answer; absent where it was none, or an old one. */
  readonly answeredBy?: AgentIdentity | undefined;
  /** Unix seconds at which the server's certificates end, its own first, then its issuers', as sent or as this host has them; absent without TLS and on a kept connection. */
  readonly certificateEnds?: readonly number[] | undefined;
}
