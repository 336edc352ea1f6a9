import type { Failed, Ok, Reason } from "../probes/probe.ts";
import type { ProbeKind, Reading } from "../probes/reading.ts";
import type { ServiceReading } from "../probes/service/reading.ts";
import { synRetransmitsOf } from "../probes/synRetransmits.ts";
import type { UdpReading } from "../probes/udp/reading.ts";
import { trainLength } from "../probes/udp/train.ts";
import type { Flow, Target } from "./report.ts";
import { addToSketch } from "./sketch.ts";

type Counted = Ok<Reading> | Failed<Reading>;

/** More pods than that say no more. */
export const mostUnreached = 50;

export function emptyFlow(probe: ProbeKind, target: Target): Flow {
  return { probe, target, good: 0, bad: {}, discarded: 0 };
}

/** The flow with one attempt more; `linearTimeouts` is the kernel's, see `synRetransmitsOf`. */
export function addOutcome(flow: Flow, outcome: Counted, linearTimeouts: number): Flow {
  const { reading } = outcome;
  const { good, bad, reason } = countsOf(outcome);
  return {
    ...addBad(flow, reason, bad),
    good: flow.good + good,
    ...(outcome.state === "ok" ? addTimes(flow, outcome, linearTimeouts) : {}),
    ...(reading.kind === "udp" ? addLost(flow, reading) : {}),
    ...(reading.kind === "service" ? addUnreached(flow, reading) : {}),
  };
}

/** The flow with `count` failures more. */
export function addBad(flow: Flow, reason: Reason, count = 1): Flow {
  if (count === 0) return flow;
  return { ...flow, bad: { ...flow.bad, [reason]: (flow.bad[reason] ?? 0) + count } };
}

function countsOf(outcome: Counted): {
  readonly good: number;
  readonly bad: number;
  readonly reason: Reason;
} {
  const { state, reading } = outcome;
  const reason = state === "failed" ? outcome.reason : "lost";
  if (reading.kind !== "udp") return { good: state === "ok" ? 1 : 0, bad: state === "ok" ? 0 : 1, reason };
  const { sent, returned } = reading;
  // A train that broke off would have lost the rest, too.
  return { good: returned, bad: (state === "ok" ? sent : trainLength) - returned, reason };
}

function addTimes(flow: Flow, outcome: Ok<Reading>, linearTimeouts: number): Partial<Flow> {
  const seconds = Object.values(outcome.phases).reduce((sum, phase) => sum + phase, 0);
  const latency = addToSketch(flow.latency ?? {}, seconds);
  if (synRetransmitsOf(outcome, linearTimeouts) === 0) return { latency };
  return { latency, resent: (flow.resent ?? 0) + 1 };
}

function addLost(flow: Flow, { lost }: UdpReading): Partial<Flow> {
  if (lost === undefined || lost.forward + lost.reverse === 0) return {};
  return {
    lostForward: (flow.lostForward ?? 0) + lost.forward,
    lostReverse: (flow.lostReverse ?? 0) + lost.reverse,
  };
}

function addUnreached({ unreached = [] }: Flow, reading: ServiceReading): Partial<Flow> {
  const all = [...new Set([...unreached, ...reading.unreached])];
  return all.length === 0 ? {} : { unreached: all.slice(0, mostUnreached) };
}
