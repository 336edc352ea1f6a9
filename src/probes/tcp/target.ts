/** Where a TCP attempt goes. */
export interface TcpTarget {
  /** A name or a literal address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether a refusal is a success: it is the host itself that refuses, so the way to it and back works. */
  readonly refusedIsReached: boolean;
}
