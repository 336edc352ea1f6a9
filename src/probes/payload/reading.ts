import type { AgentIdentity } from "../agentIdentity.ts";

/** Seconds of each exchange of an attempt; absent where it did not complete. */
export interface PayloadReading {
  readonly kind: "payload";
  readonly smallSeconds?: number;
  readonly outSeconds?: number;
  readonly inSeconds?: number;
  readonly answeredBy?: AgentIdentity | undefined;
}
