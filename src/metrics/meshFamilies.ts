import type { MeshState } from "../checks/mesh.ts";
import { retryKinds } from "../checks/pairRetries.ts";
import type { PairCoverage } from "../mesh/rotation.ts";
import { catalogue } from "./catalogue.ts";
import type { Sample } from "./sample.ts";

export function meshSamples(state: MeshState | undefined): Sample[] {
  if (state === undefined) return [];
  const { neighbours, coverage, retries } = state;
  return [
    { name: catalogue.meshNeighbours.name, labels: {}, value: neighbours },
    ...coverageSamples(coverage),
    ...retryKinds.flatMap((retry) =>
      (["ok", "failed"] as const).map((result) => ({
        name: catalogue.meshPairRetries.name,
        labels: { retry, result },
        value: retries[retry][result],
      })),
    ),
  ];
}

function coverageSamples(coverage: PairCoverage | undefined): Sample[] {
  if (coverage === undefined) return [];
  return [
    { name: catalogue.meshPairsCovered.name, labels: {}, value: coverage.ratio },
    { name: catalogue.meshOldestPair.name, labels: {}, value: coverage.oldestSeconds },
  ];
}
