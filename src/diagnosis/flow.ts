import type { Failed, Ok, Reason } from "../probes/probe.ts";
import type { ProbeKind, Reading } from "../probes/reading.ts";
import type { ServiceReading } from "../probes/service/reading.ts";
import { synRetransmitsOf } from "../probes/synRetransmits.ts";
import type { UdpReading } from "../probes/udp/reading.ts";
import { trainLength } from "../probes/udp/train.ts";
import { badOf, type Flow, mostWindowsAgo, type Target } from "./report.ts";
import { addToSketch, sketchCount, sketchFrom } from "./sketch.ts";

type Counted = Ok<Reading> | Failed<Reading>;

/** More pods than that say no more. */
export const mostUnreached = 50;
/** Resolvers wait 5 s for an answer. */
const resolverSeconds = 4.5;

export function emptyFlow(probe: ProbeKind, target: Target): Flow {
  return { probe, target, good: 0, bad: {}, discarded: 0 };
}

/** The flow with one attempt more, which began so many windows ago; `linearTimeouts` is the kernel's, see `synRetransmitsOf`. */
export function addOutcome(flow: Flow, outcome: Counted, linearTimeouts: number, windowsAgo = 0): Flow {
  const { reading } = outcome;
  const { good, bad, reason } = countsOf(outcome);
  const added = {
    ...addBad(flow, reason, bad),
    good: flow.good + good,
    ...(outcome.state === "ok" ? addTimes(flow, outcome, linearTimeouts) : {}),
    ...(reading.kind === "udp" ? addLost(flow, reading) : {}),
    ...(reading.kind === "service" ? addUnreached(flow, reading) : {}),
  };
  return addEarlier(added, windowsAgo, badOf(added) + delayedOf(added) - badOf(flow) - delayedOf(flow));
}

/** The flow with `count` failures more. */
export function addBad(flow: Flow, reason: Reason, count = 1): Flow {
  if (count === 0) return flow;
  return { ...flow, bad: { ...flow.bad, [reason]: (flow.bad[reason] ?? 0) + count } };
}

/** The flow, of whose failures so many began so many windows ago. */
export function addEarlier(flow: Flow, windowsAgo: number, count = 1): Flow {
  if (windowsAgo < 1 || count === 0) return flow;
  const earlier = Array.from({ length: mostWindowsAgo }, (_, place) => flow.earlier?.[place] ?? 0);
  const place = Math.min(windowsAgo, mostWindowsAgo) - 1;
  return { ...flow, earlier: earlier.with(place, (earlier[place] ?? 0) + count) };
}

/** The good ones that show a loss: a SYN was sent again, or a resolver waited for an answer and asked again. */
export function delayedOf({ probe, resent = 0, latency = {} }: Flow): number {
  return probe === "lookup" ? sketchCount(sketchFrom(latency, resolverSeconds)) : resent;
}

/** How long an attempt took. */
export function secondsOf({ phases }: Pick<Counted, "phases">): number {
  return Object.values(phases).reduce((sum, phase) => sum + phase, 0);
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
  const latency = addToSketch(flow.latency ?? {}, secondsOf(outcome));
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
