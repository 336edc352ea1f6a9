import type { Phase, Phases } from "../probes/probe.ts";

/** Something that happened in a round trip, and how many seconds after its start. */
export interface TraceEvent {
  readonly event: string;
  readonly seconds: number;
}

/**
 * The events of one round trip, from its phases. A phase that did not run gives none; with `failed`, the events end where
 * that phase broke off.
 */
export function traceEvents(phases: Phases, failed?: Phase): TraceEvent[] {
  const events: TraceEvent[] = [];
  let elapsed = 0;
  for (const { phase, before, after } of steps) {
    const ran = phases[phase] !== undefined || phase === failed;
    if (ran) events.push(...before.map((event) => ({ event, seconds: elapsed })));
    if (phase === failed) break;
    elapsed += phases[phase] ?? 0;
    if (ran) events.push(...after.map((event) => ({ event, seconds: elapsed })));
  }
  return events;
}

/** Event names are those of Go's httptrace. A request is written as soon as it has its connection. */
const steps: readonly { phase: Phase; before: readonly string[]; after: readonly string[] }[] = [
  { phase: "resolve", before: ["dns_start"], after: ["dns_done"] },
  { phase: "connect", before: ["connect_start"], after: ["connect_done"] },
  { phase: "tls", before: ["tls_handshake_start"], after: ["tls_handshake_done"] },
  { phase: "processing", before: ["got_conn", "wrote_request"], after: ["got_first_resp_byte"] },
];
