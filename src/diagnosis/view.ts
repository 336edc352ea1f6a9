import type { Finding } from "./finding.ts";
import type { Report } from "./report.ts";

/** Who analyses the reports of all agents, as one agent knows it. */
export type Leadership =
  | { readonly state: "self" }
  /** `url` leads to the leader's HTTP port. */
  | { readonly state: "peer"; readonly pod: string; readonly url: URL }
  /** Nobody is known to lead at the moment. */
  | { readonly state: "none" }
  /** There is no permission to elect a leader, so each agent judges its own reports. */
  | { readonly state: "alone" };

/** An agent's newest analysis: of all agents' reports where it leads, else of its own. */
export interface AnalysisView {
  /** Unix seconds: the end of the newest window in it. */
  readonly until: number;
  /** For how long it was computed. */
  readonly durationSeconds: number;
  /** The most certain first. */
  readonly open: readonly Finding[];
  /** The last ones, the latest first. */
  readonly closed: readonly Finding[];
  /** Those whose windows lie in the last minute; of more than fifty agents, the last few of each. */
  readonly reports: readonly Report[];
}

/** What the outside may know of an agent's diagnosis. */
export interface DiagnosisView {
  leadership(): Leadership;
  /** A new object after each analysis; absent before the first. */
  analysis(): AnalysisView | undefined;
  /** The nodes whose agents should report, as far as is known. */
  agentNodes(): readonly string[] | undefined;
  /** By how many seconds a node's clock is ahead of this one, or below 0 behind; absent where no reports of the last minute tell. */
  clockOffset(node: string): number | undefined;
  /** Findings opened here so far. */
  opened(): number;
  /** Reports that reached this agent, by what became of them. */
  received(): Readonly<Record<string, number>>;
}
