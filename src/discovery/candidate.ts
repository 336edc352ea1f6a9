/** An agent as a pod or an endpoint shows it, the own one included. */
export interface Candidate {
  /** The pod's name. */
  readonly name: string;
  readonly ip: string;
  /** Empty where it is not known. */
  readonly hostIP: string;
  readonly nodeName: string;
  readonly zone?: string;
  /** Whether an agent is there to be checked: it runs and is not on its way out. */
  readonly live: boolean;
  /** Unix seconds; see `Peer`. */
  readonly settledAt: number;
}
