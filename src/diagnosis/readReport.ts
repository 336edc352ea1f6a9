import type { Retries } from "../checks/pairRetries.ts";
import { probes } from "../probes/registry.ts";
import { mostUnreached } from "./flow.ts";
import { readTarget } from "./readTarget.ts";
import { amount, count, list, name, object, oneOf, record } from "./readValue.ts";
import {
  type Flow,
  type Health,
  mostWindowsAgo,
  type PairRetry,
  type Report,
  reportSeconds,
} from "./report.ts";
import { mostBuckets } from "./sketch.ts";

/** An agent with 10 neighbours has 80 flows. */
export const mostFlows = 400;
/** As many as an agent keeps. */
const mostPairs = 100;

/**
 * Takes from a value that anybody may have made what belongs into a report, and nothing else.
 * @throws TypeError where something is missing or is not as it must be.
 */
export function readReport(value: unknown): Report {
  const report = readFields(value);
  const { from, until } = report;
  if (from % reportSeconds !== 0 || until !== from + reportSeconds) throw new TypeError("no window");
  return report;
}

const whole = count(Number.MAX_SAFE_INTEGER);
const few = count(1e6);
const share = amount(1);
const reasons = Object.values(probes).flatMap((probe) => probe.reasons);
const retried = oneOf([...reasons, "ok", "unknown"]);
const buckets = new Set(Array.from({ length: mostBuckets + 1 }, (_, n) => String(n)));

const readFlow = object<Flow>(
  {
    probe: oneOf(Object.values(probes).map(({ kind }) => kind)),
    target: readTarget,
    good: few,
    bad: record(new Set<string>(reasons), few),
    discarded: few,
  },
  {
    rotated: oneOf([true]),
    earlier: list(mostWindowsAgo, few),
    resent: few,
    lostForward: few,
    lostReverse: few,
    unreached: list(mostUnreached, name),
    latency: record(buckets, few),
  },
);

const readHealth = object<Health>(
  {
    ...{ loopDelaySeconds: amount(1e6), throttledShare: share, discardedShare: share },
    selfReachable: oneOf([true, false]),
  },
  {},
);

const readRetries = object<Retries>(
  { new_port: retried, node_address: retried, third_party: retried, reverse: retried },
  {},
);
const readPair = object<PairRetry>(
  { from: name, to: name, reason: oneOf(reasons), retries: readRetries },
  {},
);

const readFields = object<Report>(
  {
    ...{ version: oneOf([1]), node: name, pod: name, sequence: whole, from: whole, until: whole },
    ...{ flows: list(mostFlows, readFlow), health: readHealth },
  },
  { zone: name, pairs: list(mostPairs, readPair) },
);
