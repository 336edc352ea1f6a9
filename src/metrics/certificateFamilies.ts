import type { Config } from "../config/config.ts";
import type { CheckType } from "../results/results.ts";
import { catalogue } from "./catalogue.ts";
import type { ResultFamilies } from "./resultFamilies.ts";
import type { Sample } from "./sample.ts";

/** When the certificates of HTTPS targets end; in lean detail the earliest of a sort of targets. */
export function createCertificateFamilies(detail: Config["metricsDetail"]): ResultFamilies {
  const read = new Map<CheckType, { readonly target: string; readonly ends: readonly number[] }>();
  return {
    counted({ type, target, sort }, { reading }) {
      if (reading.kind !== "http" || reading.certificateEnds === undefined) return;
      read.set(type, { target: detail === "lean" ? sort : target, ends: reading.certificateEnds });
    },
    forgotten: ({ type }) => void read.delete(type),
    samples() {
      const byTarget = Map.groupBy(read.values(), ({ target }) => target);
      return [...byTarget].flatMap(([target, those]) => [
        ...earliest(
          { target, place: "own" },
          those.flatMap(({ ends }) => ends.slice(0, 1)),
        ),
        ...earliest(
          { target, place: "chain" },
          those.flatMap(({ ends }) => ends.slice(1)),
        ),
      ]);
    },
  };
}

function earliest(labels: Sample["labels"], ends: readonly number[]): Sample[] {
  if (ends.length === 0) return [];
  return [{ name: catalogue.certificateExpiry.name, labels, value: Math.min(...ends) }];
}
