import type { ResultsView, Subject } from "../results/results.ts";
import { catalogue } from "./catalogue.ts";
import type { Sample } from "./sample.ts";

const quantiles = [0.5, 0.9, 0.99] as const;

/** The quantiles of the last minute's answers; checks that `shownAs` gives one name are taken together. */
export function requestQuantiles(
  results: Pick<ResultsView, "subjects" | "recent">,
  shownAs: (subject: Subject) => string,
): Sample[] {
  const secondsByType = new Map<string, readonly number[]>();
  for (const subject of results.subjects()) {
    const seconds = results.recent(subject.type)?.responseSeconds ?? [];
    if (!subject.compatible || seconds.length === 0) continue;
    const shown = shownAs(subject);
    secondsByType.set(shown, [...(secondsByType.get(shown) ?? []), ...seconds]);
  }
  return [...secondsByType].flatMap(([type, seconds]) => {
    const ascending = seconds.toSorted((a, b) => a - b);
    return quantiles.map((quantile) => ({
      name: catalogue.requestSummary.name,
      labels: { type, quantile },
      value: nearestRank(ascending, quantile),
    }));
  });
}

/** The smallest value that at least the share `quantile` of all values does not exceed. */
function nearestRank(ascending: readonly number[], quantile: number): number {
  return ascending[Math.ceil(quantile * ascending.length) - 1] ?? Number.NaN;
}
