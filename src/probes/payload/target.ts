import type { Trust } from "../http/trust.ts";

/** The agent to exchange payloads with. */
export interface PayloadTarget {
  /** Of any of its endpoints: only the origin matters. */
  readonly url: URL;
  readonly trust: Trust;
}
