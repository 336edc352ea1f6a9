import type { Edges } from "../edges.ts";

/** The parts of an attempt, in the order in which they run (names as in blackbox_exporter). */
export type Phase = "resolve" | "connect" | "tls" | "processing" | "transfer";

/** Seconds spent in each phase that ran; a phase that did not run is absent, never 0. */
export type Phases = { readonly [phase in Phase]?: number };

/** Why an attempt failed: the first cause. */
export type Reason =
  | "dns_timeout"
  | "dns_error"
  | "connect_timeout"
  | "connect_refused"
  | "connect_unreachable"
  | "tls_error"
  | "reset"
  | "response_timeout"
  | "http_status"
  | "body_stall"
  | "body_mismatch";

/** Why an attempt says nothing about the network. */
export const discards = [
  "peer-left",
  "server-restarted",
  "starting",
  "stopping",
  "self-stalled",
  "self-exhausted",
  "token-unreadable",
] as const;
export type Discard = (typeof discards)[number];

export interface Ok<Reading> {
  readonly state: "ok";
  readonly phases: Phases;
  readonly reading: Reading;
}

export interface Failed<Reading> {
  readonly state: "failed";
  /** The phase that did not complete; its duration is in `phases` too. */
  readonly phase: Phase;
  readonly reason: Reason;
  /** The original error, or the HTTP status text, as a person would read it. */
  readonly detail: string;
  readonly phases: Phases;
  /** What was read before the failure. */
  readonly reading: Reading;
}

interface Discarded {
  readonly state: "discarded";
  readonly why: Discard;
}

export type Outcome<Reading> = Ok<Reading> | Failed<Reading> | Discarded;

/**
 * A way to test a target. When `signal` is aborted its reason is a `Discard`, and that becomes the outcome. A probe logs, counts and retries nothing, and leaves no socket, timer or listener.
 */
export interface Probe<Target, Reading> {
  readonly kind: string;
  attempt(target: Target, context: { signal: AbortSignal; edges: Edges }): Promise<Outcome<Reading>>;
}
