/** An agent as a pod or an endpoint shows it, the own one included. */
export interface Candidate {
  /** The pod's name. */
  readonly name: string;
  readonly ip: string;
  /** Empty where it is not known. */
  readonly hostIP: string;
  readonly nodeName: string;
  readonly zone?: string;
  /** Live agents are there to be checked. An unready one may be dead, or on a cordoned node. */
  readonly state: "live" | "unready" | "leaving";
  /** See `Peer`. */
  readonly ready: boolean;
  /** Unix seconds; see `Peer`. */
  readonly settledAt: number;
}
