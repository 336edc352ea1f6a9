import type { Config } from "../config/config.ts";
import type { Reason } from "../probes/probe.ts";
import { probes } from "../probes/registry.ts";
import { catalogue } from "./catalogue.ts";
import { keepPerTarget } from "./perTarget.ts";
import type { ResultFamilies } from "./resultFamilies.ts";

/** How often each target was tested, and why that failed. */
export function createProbeFamilies(detail: Config["metricsDetail"]): ResultFamilies {
  const tallies = keepPerTarget(detail, () => ({ attempts: 0, failures: new Map<Reason, number>() }));
  return {
    begun(subject) {
      const { failures } = tallies.of(subject);
      // Else the first failure would be no increase; all of them at 0 are too many for lean detail.
      if (detail === "lean") return;
      for (const reason of probes[subject.probe].reasons) failures.set(reason, failures.get(reason) ?? 0);
    },
    counted(subject, outcome) {
      const tally = tallies.of(subject);
      tally.attempts += 1;
      if (outcome.state === "failed")
        tally.failures.set(outcome.reason, (tally.failures.get(outcome.reason) ?? 0) + 1);
    },
    forgotten: (subject) => tallies.forget(subject),
    samples: () =>
      [...tallies].flatMap(([labels, { attempts, failures }]) => [
        { name: catalogue.probeAttempts.name, labels, value: attempts },
        ...[...failures].map(([reason, value]) => ({
          ...{ name: catalogue.probeFailures.name, labels: { ...labels, reason }, value },
        })),
      ]),
  };
}
