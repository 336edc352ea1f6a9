import type { Candidate } from "./candidates.ts";
import { type FlowAcross, flowsAcross } from "./flowsAcross.ts";
import { bestLikelihood } from "./likelihood.ts";
import type { Pane } from "./pane.ts";
import type { Verdict } from "./verdict.ts";
import type { Window } from "./windows.ts";

/** A fault shows in so many steps of a window, or in all where it has fewer: a blip of a few seconds is in two at most. */
const leastParts = 3;
/** ln of how much likelier the readings of a part must be with the fault. */
const shows = 3;

/**
 * Whether at least one of the verdicts shows again and again in a window, beside what is known: where DNS lost a pod, some nodes wait more often for it than
 * others. `pastKnown` is that of the window.
 */
export function isLasting(
  { graph, parts }: Window,
  verdicts: readonly Verdict[],
  background: Float64Array,
  pastKnown: ReadonlyMap<number, number>,
): boolean {
  const { family } = graph.tables();
  const successOf = (flow: number) => (1 - (background[family[flow] ?? 0] ?? 0)) * (pastKnown.get(flow) ?? 1);
  return verdicts.some((verdict) => {
    const across = flowsAcross(graph, verdict);
    const known = new Set(across.map(({ flow }) => flow));
    const others = verdict.explains.filter((flow) => !known.has(flow)).map((flow) => ({ flow, weight: -1 }));
    const showing = parts.filter((part) => {
      const { candidate, bad, success } = partOf(part, [...across, ...others], successOf);
      return bestLikelihood(candidate, bad, success, shows).gain > shows;
    });
    return showing.length >= Math.min(leastParts, parts.length);
  });
}

/** A part's failures and successes, as the localiser takes them. */
function partOf(pane: Pane, across: readonly FlowAcross[], successOf: (flow: number) => number) {
  const failing = across.filter(({ flow }) => (pane.bad[flow] ?? 0) > 0);
  const good = new Map<number, number>();
  for (const { flow, weight } of across) {
    if (weight > 0) good.set(weight, (good.get(weight) ?? 0) + (pane.good[flow] ?? 0));
  }
  const candidate: Candidate = {
    ...{ place: -1, layer: -1, good },
    flows: [...failing.keys()],
    weights: failing.map(({ weight }) => Math.abs(weight)),
  };
  const bad = Float64Array.from(failing, ({ flow }) => pane.bad[flow] ?? 0);
  const success = Float64Array.from(failing, ({ flow }) => successOf(flow));
  return { candidate, bad, success };
}
