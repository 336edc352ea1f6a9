/** An agent on another node. */
export interface Peer {
  readonly podName: string;
  readonly podIP: string;
  /** Empty where it is not known. */
  readonly hostIP: string;
  readonly nodeName: string;
  readonly zone?: string;
  /** Unix seconds from which a failure to answer is the peer's or the network's, not its start's. */
  readonly settledAt: number;
  /** Whether Services lead to it; absent means that it is not known. */
  readonly ready?: boolean;
}

/** Who is there. */
interface Peers {
  readonly peers: readonly Peer[];
  /** Agents that were not told to leave and are not ready: dead, or on a cordoned node. Absent where readiness is not known. */
  readonly unready?: readonly Peer[];
}

/** What discovery knows. The last view is kept while the API server is away. */
export type PeerView =
  /** Nothing was listed yet; `error` is the latest reason, absent while the first attempt runs. */
  | { readonly state: "unknown"; readonly error?: string }
  | ({ readonly state: "fresh" } & Peers)
  /** The watch is broken since `since` (Unix seconds). */
  | ({ readonly state: "stale"; readonly since: number; readonly error: string } & Peers);

/** The node this agent runs on. An unknown node counts as schedulable. */
export interface OwnNode {
  /** Absent until it is set or the own pod was seen. */
  readonly name?: string;
  readonly zone?: string;
  readonly schedulable: boolean;
}
