import type { Finding } from "../diagnosis/finding.ts";
import type { Health, Target } from "../diagnosis/report.ts";
import type { Reason } from "../probes/probe.ts";
import type { ProbeKind } from "../probes/reading.ts";

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

/** Whose analysis an answer below `/api/v1` is made of. Times are Unix seconds. */
export interface AnalysisAnswer {
  /** `leader`: of the reports of all agents; `own`: of the answering agent's own reports alone, as `why` says. */
  readonly source: "leader" | "own";
  /** Present with `own`. */
  readonly why?: string;
  /** The agent that analysed, by its pod and its node. */
  readonly pod: string;
  readonly node?: string;
  /** The end of the newest window that was judged, and its age in seconds; absent before the first. */
  readonly until?: number;
  readonly ageSeconds?: number;
  /** Nodes whose agents reported in the last minute. */
  readonly reporters: number;
  /** Agents that should, and the nodes of those that did not, the first 50; absent where it is not known. */
  readonly agents?: number;
  readonly silent?: readonly string[];
  /** Of silent nodes that are heard, since their clock is off: by how many seconds it is ahead of the leader's, or below 0 behind. */
  readonly clockOffsets?: Readonly<Record<string, number>>;
  readonly openFindings: number;
}

/** The body of `/api/v1/findings`. */
export interface FindingsAnswer {
  readonly analysis: AnalysisAnswer;
  /** The most certain first. */
  readonly open: readonly Finding[];
  /** The last ones, the latest first. */
  readonly closed: readonly Finding[];
}

/** Attempts (datagrams for `udp`) of one check in the last minute. */
export interface CheckAnswer {
  readonly good: number;
  /** Counts by reason; those with none are absent. */
  readonly bad: Readonly<Partial<Record<Reason, number>>>;
  /** Median in seconds, to 9 %; absent where nothing was good. */
  readonly medianSeconds?: number;
}

/** What one node saw of another; only probes that were made are there. */
export interface PairAnswer {
  readonly from: string;
  readonly to: string;
  readonly probes: Readonly<Partial<Record<ProbeKind, CheckAnswer>>>;
  /** The share that failed of the probe of which most did, in [0, 1]. */
  readonly loss: number;
}

/** All pairs of two zones; "" is the zone of nodes whose zone is not known. */
export interface ZonePairAnswer {
  readonly from: string;
  readonly to: string;
  readonly pairs: number;
  /** The mean of the pairs' losses. */
  readonly loss: number;
}

/** The body of `/api/v1/matrix`: how agents reached other nodes in the last minute. */
export interface MatrixAnswer {
  readonly analysis: AnalysisAnswer;
  /** The worst first; at most 2,000 of `pairCount`. */
  readonly pairs: readonly PairAnswer[];
  readonly pairCount: number;
  readonly zones: readonly ZonePairAnswer[];
}

/** What one agent saw of one target. */
export interface FlowAnswer extends CheckAnswer {
  readonly probe: ProbeKind;
  readonly target: Target;
}

/** The body of `/api/v1/nodes/{node}`. */
export interface NodeAnswer {
  readonly analysis: AnalysisAnswer;
  readonly node: string;
  readonly zone?: string;
  /** The node's agent; what it says is absent where it did not report in the last minute. */
  readonly pod?: string;
  readonly health?: Health;
  readonly sees: readonly FlowAnswer[];
  /** How the others reached it, the worst first. */
  readonly seenBy: readonly PairAnswer[];
  /** Open findings that name it, or that explain failures its agent saw. */
  readonly findings: readonly Finding[];
}

/** The body of an answer below `/api/v1` that is not 200. */
export interface ErrorAnswer {
  readonly message: string;
}
