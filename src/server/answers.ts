/** What the HTTP endpoints answer, for whoever reads it: the command line, the page, users' scripts. */

/** The body of `/alive`. Keys of `headers` and `last_check_result` are in alphabetical order. */
export interface AliveAnswer {
  readonly hostname: string;
  /** The request's headers under their canonical names; never those that carry secrets. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly user_agent: string;
  readonly request_uri: string;
  /** `host:port`, an IPv6 host in brackets. */
  readonly remote_addr: string;
  readonly last_check_result: LastCheckResult;
}

/**
 * Each check's state by its type: `ok`, `skipped`, `error` (the agent could not check) or what failed. Beside them
 * `neighbourhood_state` and, where the neighbours are known, `neighbourhood`.
 */
export type LastCheckResult = Readonly<Record<string, string | readonly NeighbourAnswer[]>>;

/** A neighbour, before the limit applies. */
export interface NeighbourAnswer {
  readonly PodName: string;
  readonly PodIP: string;
  readonly HostIP: string;
  readonly NodeName: string;
  /** An unsigned 64-bit number: a reader with 53 bits of precision loses its end. */
  readonly NodeHash: unknown;
}
