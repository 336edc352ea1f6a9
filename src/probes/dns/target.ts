import type { SocketAddress } from "../../edges.ts";
import type { KeptPort } from "./keptPort.ts";

/** Whom a DNS attempt asks for what, and how. */
export interface DnsTarget {
  readonly server: SocketAddress;
  /** `udp` takes a new port for each query. */
  readonly transport: "udp" | "tcp" | KeptPort;
  /** Asked for as it is, without search domains; a trailing dot changes nothing. */
  readonly name: string;
  readonly type: "A" | "AAAA";
  /** `answers`: a record of the type must be there; `exists`: NOERROR is enough. */
  readonly expect: "answers" | "exists";
}
