import type { AgentIdentity } from "../agentIdentity.ts";

/** Who answered; absent where nobody did, or an agent that does not name itself. */
export interface PayloadReading {
  readonly kind: "payload";
  readonly answeredBy?: AgentIdentity | undefined;
}
