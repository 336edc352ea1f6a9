import { createAnalysis } from "../../src/diagnosis/analysis.ts";
import { type Component, componentName } from "../../src/diagnosis/finding.ts";
import { reportSeconds } from "../../src/diagnosis/report.ts";
import type { Cluster } from "./cluster.ts";
import { type Fault, truthOf } from "./faults.ts";
import { createReadings } from "./readings.ts";
import { createThreshold } from "./threshold.ts";

/** What one way to judge the readings made of a fault. */
export interface Outcome {
  readonly right: number;
  readonly wrong: number;
  /** Of the right ones, those whose cause is right, too. */
  readonly rightCauses: number;
  /** How many of the fault's parts were found. */
  readonly found: number;
  readonly parts: number;
  /** From the fault's begin until the first right finding; absent where there was none. */
  readonly seconds?: number;
  /** What was named, for people. */
  readonly named: readonly string[];
}

/** Reports are on their way for up to so long; where one is missing, the window closes at the second of these. */
const arrivalSeconds = { latest: 0.5, missing: 2 };
const quietSeconds = 45;
/** What else is found so long after all is found counts, too. */
const afterwardsSeconds = 20;

/** Lets a cluster run well for a while, breaks it, and watches what is found within `seconds`. */
export function runTrial(
  cluster: Cluster,
  fault: Fault,
  { background, seconds, random }: { background: number; seconds: number; random: () => number },
): { readonly localiser: Outcome; readonly threshold: Outcome } {
  const start = 1_800_000_000;
  const faultFrom = start + quietSeconds + random() * reportSeconds;
  const readings = createReadings(cluster, background, random);
  const analysis = createAnalysis(start);
  const threshold = createThreshold();
  const nodes = cluster.nodes.map(({ name, zone }) => ({ name, zone, state: "settled" }) as const);
  analysis.follow(nodes, start);
  const judges = { localiser: createJudge(fault, faultFrom), threshold: createJudge(fault, faultFrom) };
  let end = faultFrom + seconds;
  for (let until = start + reportSeconds; until <= end; until += reportSeconds) {
    const reports = readings.next(until, { fault, faultFrom });
    let now = until + arrivalSeconds.latest;
    for (const report of reports) analysis.accept(report, now);
    if (analysis.advance(now) === 0) {
      now = until + arrivalSeconds.missing;
      analysis.advance(now);
    }
    judges.localiser.see(
      now,
      analysis.open().map(({ id, component, cause }) => ({ id, component, cause })),
    );
    judges.threshold.see(now, threshold.judge(reports));
    const { found, parts } = judges.localiser.outcome();
    if (found === parts) end = Math.min(end, until + afterwardsSeconds);
  }
  return { localiser: judges.localiser.outcome(), threshold: judges.threshold.outcome() };
}

interface Named {
  /** Stays the same while a finding is open; a rule has none. */
  readonly id?: string;
  readonly component: Component;
  readonly cause?: string;
}

/** Counts all that was ever named; a finding that got a better name counts by its last one. */
function createJudge({ truth }: Fault, faultFrom: number) {
  const named = new Map<string, Named>();
  const rightSince = new Map<string, number>();
  const nameOf = ({ component }: Named) => `${component.kind} ${componentName(component)}`;
  const truthIn = ({ component }: Named, parts = truth) =>
    truthOf(parts, component, componentName(component));
  const isRight = (one: Named, parts = truth) => truthIn(one, parts) !== undefined;
  const isCauseRight = (one: Named) => truthIn(one)?.causes.includes(one.cause ?? "") === true;
  return {
    see(at: number, all: readonly Named[]) {
      for (const one of all) {
        const key = one.id ?? nameOf(one);
        named.set(key, one);
        if (isRight(one) && !rightSince.has(key)) rightSince.set(key, at);
      }
    },
    outcome(): Outcome {
      const right = [...named].filter(([, one]) => isRight(one));
      const first = Math.min(...right.map(([key]) => rightSince.get(key) ?? Number.POSITIVE_INFINITY));
      const found = truth.filter((part) => right.some(([, one]) => isRight(one, [part])));
      return {
        ...{ right: right.length, wrong: named.size - right.length },
        rightCauses: right.filter(([, one]) => isCauseRight(one)).length,
        ...{ found: found.length, parts: truth.length },
        ...(right.length === 0 ? {} : { seconds: first - faultFrom }),
        named: [...named.values()].map((one) => `${nameOf(one)}${one.cause ? ` (${one.cause})` : ""}`),
      };
    },
  };
}
