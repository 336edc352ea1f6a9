import type { Counts } from "./candidates.ts";
import type { Graph } from "./graph.ts";
import { createSearch } from "./search.ts";
import { type Known, type Verdict, verdictsOf } from "./verdict.ts";

export interface LocaliseOptions {
  /** The background loss of each family of flows, in (0, 1). */
  readonly background: ArrayLike<number>;
  /** What is known to be, or to have been, broken in the window, and its loss: what is known is given its part of the failures first. */
  readonly known?: readonly Known[];
}

export interface Localised {
  readonly verdicts: readonly Verdict[];
  /** Of each of what is known, ln of how much likelier the readings are without it than with half of its loss; -Infinity where it explains some. */
  readonly speaksAgainst: readonly number[];
  /** By the numbers of failing flows, how likely a probe gets past what is known to be broken, at its worst; absent for those that cross none of it. */
  readonly pastKnown: ReadonlyMap<number, number>;
}

const mostVerdicts = 12;

/**
 * Names the fewest components that explain which probes of a window failed: adds the likeliest one until none is likelier than chance
 * (`shared/reference/diagnosis.md`, 2.3, after Flock, arXiv 2305.03348). What comes first explains most.
 */
export function localise(graph: Graph, counts: Counts, options: LocaliseOptions): Localised {
  const { known = [] } = options;
  const search = createSearch(graph, counts, options.background, known);
  const speaksAgainst = known.map((one) =>
    search.addKnown(one) ? Number.NEGATIVE_INFINITY : -search.gainOf(one),
  );
  while (search.chosen.length < mostVerdicts && search.addBest());
  search.dropNeedless();
  const { chosen, failing, bad } = search;
  return { verdicts: verdictsOf(chosen, failing, bad), speaksAgainst, pastKnown: search.pastKnown() };
}
