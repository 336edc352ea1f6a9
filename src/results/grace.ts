import type { Clock } from "../edges.ts";
import type { Discard, Failed } from "../probes/probe.ts";

/** Holds failures back for as long as planned change may still explain them. */
export interface Grace<Reading> {
  failed(outcome: Failed<Reading>): void;
  /** The target answered again. */
  answered(): void;
  /** The target is no longer checked; failures that are still held back are discarded as `why`. */
  end(why: Discard): void;
}

/** What becomes of a failure in the end. */
export interface Verdict<Reading> {
  count(outcome: Failed<Reading>): void;
  discard(why: Discard): void;
}

export type StartGrace = <Reading>(clock: Clock, verdict: Verdict<Reading>) => Grace<Reading>;

/** A failure is a failure. */
export const noGrace: StartGrace = (_clock, verdict) => ({
  failed: (outcome) => verdict.count(outcome),
  answered() {},
  end() {},
});
