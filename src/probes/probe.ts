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
  | "body_mismatch"
  /** A DNS answer that says it is cut off although it came over TCP or is small. */
  | "dns_truncated"
  /** A DNS answer to another question, or one that can't be read. */
  | "dns_mismatch"
  /** None of several datagrams was answered. */
  | "lost"
  /** Small messages pass, large ones stall: on the way to the target, on the way back. */
  | "mtu_black_hole_out"
  | "mtu_black_hole_in"
  /** A Service did not lead to one of its endpoints in as many connections as it should have taken at most. */
  | "endpoint_unreached";

/**
 * Why an attempt says nothing about the network. `peer-unable`: the peer is a kubenurse that lacks this test's other side; `unproven`: no target
 * of the check's kind ever answered, so that a firewall is likelier than a fault.
 */
export const discards = [
  "peer-left",
  "peer-unable",
  "unproven",
  "server-restarted",
  "starting",
  "stopping",
  "self-stalled",
  "self-throttled",
  "self-unreachable",
  "clock-jumped",
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

/** What an attempt gets beside its target. */
export interface AttemptContext {
  readonly signal: AbortSignal;
  readonly edges: Edges;
}

/**
 * A way to test a target. When `signal` is aborted its reason is a `Discard`, and that becomes the outcome. A probe logs, counts and retries nothing, and leaves no socket, timer or listener.
 */
export interface Probe<Target, Reading extends { readonly kind: string }> {
  readonly kind: Reading["kind"];
  /** The reasons its failures can have; each is a series from the start. */
  readonly reasons: readonly Reason[];
  /** The phases its attempts can have. */
  readonly phases: readonly Phase[];
  attempt(target: Target, context: AttemptContext): Promise<Outcome<Reading>>;
}
