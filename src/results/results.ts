import type { HttpReading } from "../probes/http/reading.ts";
import type { Discard, Failed, Ok } from "../probes/probe.ts";

/** A check's `type`, as kubenurse's users know it: `api_server_direct`, `path_<node>`, an extra check's name. */
export type CheckType = string;

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
  counted(type: CheckType, outcome: Ok<HttpReading> | Failed<HttpReading>): void;
  discarded(type: CheckType, why: Discard): void;
  /** The check is gone for good (a neighbour left two minutes ago): whatever is kept under its type must go. */
  forgotten(type: CheckType): void;
}

/** What the rest of the program may ask of the results. */
export interface ResultsView {
  latest(): ReadonlyMap<CheckType, Latest>;
  recent(type: CheckType): Recent | undefined;
  types(): Iterable<CheckType>;
}
