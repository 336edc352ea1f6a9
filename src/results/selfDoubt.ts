import type { Discard, Outcome } from "../probes/probe.ts";

/** What is known against this process as a witness of one attempt. Times are in seconds. */
export interface SelfEvidence {
  /** How long the attempt took. */
  readonly elapsed: number;
  /** For so much of it the event loop stood still. */
  readonly stalled: number;
  /** For so much of it the kernel kept the process from the CPU, since its limit was used up. */
  readonly throttled: number;
  /** By so much the wall clock went on more or less than the monotonic one. */
  readonly clockShift: number;
  /** Whether the agent could not reach itself. */
  readonly unreachable: boolean;
}

/** A delay below this is not told from the measurement's own grain; above, it may be at most this share of the attempt. */
const tolerated = { seconds: 0.02, share: 0.25 };

/** Clocks that are slewed differ by less; a machine that was suspended or moved, and a clock that was set, by more. */
const clockJumpSeconds = 0.5;

/** Discards an outcome that the agent's own state can have made: a late reader sees slow answers and false timeouts. */
export function doubtSelf<Reading>(outcome: Outcome<Reading>, evidence: SelfEvidence): Outcome<Reading> {
  if (outcome.state === "discarded") return outcome;
  const why = reasonToDoubt(evidence);
  return why === undefined ? outcome : { state: "discarded", why };
}

/** The cause before its symptom: who is throttled stalls, and who stalls does not answer himself. */
function reasonToDoubt(evidence: SelfEvidence): Discard | undefined {
  const { elapsed, stalled, throttled, clockShift, unreachable } = evidence;
  const most = Math.max(tolerated.seconds, tolerated.share * elapsed);
  if (Math.abs(clockShift) > clockJumpSeconds) return "clock-jumped";
  if (throttled > most) return "self-throttled";
  if (stalled > most) return "self-stalled";
  return unreachable ? "self-unreachable" : undefined;
}
