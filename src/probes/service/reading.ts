import type { AgentIdentity } from "../agentIdentity.ts";

/** Which endpoints a Service's address leads to. */
export interface ServiceReading {
  readonly kind: "service";
  readonly answeredBy?: AgentIdentity | undefined;
  /** How many endpoints there should be; those of them, by their pods, that the Service does not lead to. */
  readonly expected: number;
  readonly unreached: readonly string[];
}
