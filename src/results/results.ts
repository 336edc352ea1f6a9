import type { Discard, Failed, Ok } from "../probes/probe.ts";
import type { ProbeKind, Reading } from "../probes/reading.ts";

/** A check's `type`, as kubenurse's users know it: `api_server_direct`, `path_<node>`, an extra check's name. */
export type CheckType = string;

/** What is checked, as the metrics name it. */
export interface Subject {
  /** Tells it apart from all others. */
  readonly type: CheckType;
  readonly probe: ProbeKind;
  /** The label `target`: `me_service`, `path_node-7`, `dns_service`. Never an address. */
  readonly target: string;
  /** The name that takes `target`'s place in lean detail: that of many targets of one sort, such as `path`. */
  readonly sort: string;
  /** Where a DNS pod runs, as far as known. */
  readonly node?: string;
  /** Whether the Go kubenurse has this check: then it is in `/alive` and in the metric families of old. */
  readonly compatible: boolean;
}

/** The latest state of a check, for people. */
export type Latest =
  | { readonly state: "skipped" }
  | { readonly state: "ok"; readonly at: number; readonly seconds: number }
  | { readonly state: "failed"; readonly at: number; readonly detail: string }
  /** The token file can't be read: said as `error`, as upstream does. */
  | { readonly state: "unable"; readonly at: number }
  /** The last few attempts said nothing about the target; `why` is the latest one's reason. */
  | { readonly state: "discarded"; readonly at: number; readonly why: Discard };

/** A check's last minute. */
export interface Recent {
  /** Seconds from the request's start to the answer's headers, of every answer in the last 60 s, ascending. */
  readonly responseSeconds: readonly number[];
  /** Failures counted in the last 60 s. */
  readonly failures: number;
}

/** Told of each outcome once it is final: never of a failure that is still held back. */
export interface ResultListener {
  counted(subject: Subject, outcome: Ok<Reading> | Failed<Reading>): void;
  discarded(subject: Subject, why: Discard): void;
  /** A check begins; its series are there from now on. */
  begun(subject: Subject): void;
  /** The check is gone for good (a neighbour left two minutes ago, a settings file's check is of another kind now): whatever is kept under its type must go. */
  forgotten(subject: Subject): void;
}

/** What the rest of the program may ask of the results. */
export interface ResultsView {
  latest(): ReadonlyMap<CheckType, Latest>;
  /** Of the checks that the Go kubenurse has, too. */
  compatibleLatest(): ReadonlyMap<CheckType, Latest>;
  recent(type: CheckType): Recent | undefined;
  /** Of the checks that run or ended less than two minutes ago. */
  subjects(): Iterable<Subject>;
}
