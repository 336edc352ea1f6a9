export interface DnsReading {
  readonly kind: "dns";
  /** As in the IANA registry of RCODEs, such as `NOERROR`; absent without an answer. */
  readonly rcode?: string;
  /** The answer's length; absent without an answer. */
  readonly bytes?: number;
  readonly truncated?: boolean;
}
