import type { Phases } from "../probe.ts";

/** One request and its answer. A redirect makes several of them in one attempt. */
export interface RoundTrip {
  /** HTTP status code of the answer. */
  readonly code: number;
  readonly phases: Phases;
}

/** What an HTTP attempt read: its round trips in order; the last one decides. */
export interface HttpReading {
  readonly roundTrips: readonly RoundTrip[];
}
