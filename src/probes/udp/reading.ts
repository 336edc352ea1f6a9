/** What became of a train of datagrams. */
export interface UdpReading {
  readonly kind: "udp";
  readonly sent: number;
  /** Of those sent, how many came back at least once. */
  readonly returned: number;
  /** By the responder's own count; absent when nothing came back to tell. */
  readonly lost?: { readonly forward: number; readonly reverse: number };
  readonly duplicates: number;
  /** Answers that arrived behind one that was sent after theirs. */
  readonly reordered: number;
  /** Seconds, as RFC 3550, section 6.4.1 (on round trips, since both ends' clocks differ); absent below two answers. */
  readonly jitterSeconds?: number;
}
