import type { Config } from "../config/config.ts";
import type { Failed, Ok, Phase } from "../probes/probe.ts";
import type { ProbeKind, Reading } from "../probes/reading.ts";
import { probes } from "../probes/registry.ts";
import { catalogue } from "./catalogue.ts";
import type { ResultFamilies } from "./resultFamilies.ts";
import type { Sample } from "./sample.ts";

/**
 * Upper bounds in seconds. From 0.15 they stand around the kernel's constants: a lost data segment costs 0.2 s, then 0.4 s; lost
 * SYNs 1, 2, 3, 4, 5 and 7 s; a resolver's lost query 5 s. In lean detail they only tell these apart from each other.
 */
const buckets = {
  full: [
    ...[0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1],
    ...[0.15, 0.19, 0.25, 0.45, 0.9, 1.2, 1.9, 2.3, 2.9, 3.4, 4.9, 5.4, 6.9, 7.5, 10],
  ],
  lean: [0.01, 0.15, 0.9, 1.9, 4.9],
};

type ShownPhase = Phase | "total";

/** How long the phases of each kind of probe took, and whole attempts that were ok; only these in lean detail. */
export function createProbeDurations(detail: Config["metricsDetail"]): ResultFamilies {
  const bounds = buckets[detail];
  const histograms = new Map<string, { probe: ProbeKind; phase: ShownPhase; histogram: Histogram }>();
  const observe = (probe: ProbeKind, phase: ShownPhase, seconds: number) => {
    const key = `${probe} ${phase}`;
    const known = histograms.get(key) ?? { probe, phase, histogram: createHistogram(bounds) };
    histograms.set(key, known);
    known.histogram.observe(seconds);
  };
  return {
    counted({ probe }, outcome) {
      const completed = phasesOf(probe, outcome);
      if (detail === "full") for (const { phase, seconds } of completed) observe(probe, phase, seconds);
      if (outcome.state === "ok") observe(probe, "total", sum(completed));
    },
    samples: () =>
      [...histograms.values()].flatMap(({ probe, phase, histogram }) => histogram.samples({ probe, phase })),
  };
}

/** Those that ran to their end: how long a failure waited is its deadline's length, not the network's. */
function phasesOf(probe: ProbeKind, outcome: Ok<Reading> | Failed<Reading>) {
  const phases =
    outcome.state === "failed" ? before(outcome.phase, probes[probe].phases) : probes[probe].phases;
  return phases.flatMap((phase) => {
    const seconds = outcome.phases[phase];
    return seconds === undefined ? [] : [{ phase, seconds }];
  });
}

function before(failed: Phase, phases: readonly Phase[]): readonly Phase[] {
  return phases.slice(0, Math.max(0, phases.indexOf(failed)));
}

function sum(phases: readonly { readonly seconds: number }[]): number {
  return phases.reduce((total, { seconds }) => total + seconds, 0);
}

interface Histogram {
  observe(seconds: number): void;
  samples(labels: Sample["labels"]): Sample[];
}

function createHistogram(bounds: readonly number[]): Histogram {
  const { name } = catalogue.probeDuration;
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let total = 0;
  return {
    observe(seconds) {
      const at = bounds.findIndex((bound) => seconds <= bound);
      const bucket = at === -1 ? bounds.length : at;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      total += seconds;
    },
    samples(labels) {
      let count = 0;
      const cumulative = counts.map((own, bucket) => {
        count += own;
        return { name: `${name}_bucket`, labels: { ...labels, le: bounds[bucket] ?? "+Inf" }, value: count };
      });
      return [
        ...cumulative,
        { name: `${name}_sum`, labels, value: total },
        { name: `${name}_count`, labels, value: count },
      ];
    },
  };
}
