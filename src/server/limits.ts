/** What one client may take: enough for any check or scrape, too little to hold anything up. */
export interface Limits {
  readonly headerBytes: number;
  /** A request's body is dropped unread; a longer one ends the connection. */
  readonly bodyBytes: number;
  /** Of one listener; one more takes the place of the one that has been idle for the longest. */
  readonly connections: number;
  /** From the connection's start, or the end of the previous answer, to the end of a request's header. */
  readonly headerSeconds: number;
  /** From a request's start to its end, and from its header to the end of the answer. */
  readonly requestSeconds: number;
  readonly keepAliveSeconds: number;
  /** For all listeners together to end what is under way. */
  readonly stopSeconds: number;
}

/** Header, answer and keep-alive times are those of the Go kubenurse. */
export const defaultLimits: Limits = {
  headerBytes: 16 * 1024,
  bodyBytes: 64 * 1024,
  connections: 10_000,
  headerSeconds: 5,
  requestSeconds: 10,
  keepAliveSeconds: 120,
  stopSeconds: 5,
};
