import type { Culprit } from "./culprits.ts";
import type { Evidence, ExplainedFailure } from "./finding.ts";
import type { Window } from "./windows.ts";

const mostShown = 50;

/** What speaks for a culprit in a window, for people to check. */
export function evidenceOf({ graph, pane, seconds, until }: Window, { verdicts }: Culprit): Evidence {
  const flows = [...new Set(verdicts.flatMap(({ explains }) => explains))];
  const explained = flows
    .flatMap((flow): ExplainedFailure[] => {
      const name = graph.nameOf(flow);
      if (name === undefined) return [];
      const { bad = {}, resent = 0 } = pane.details.get(flow) ?? {};
      return [{ ...name, good: (pane.good[flow] ?? 0) + resent, bad }];
    })
    .map((failure) => ({ failure, times: total(failure) }))
    .sort((a, b) => b.times - a.times || (a.failure.node < b.failure.node ? -1 : 1))
    .map(({ failure }) => failure);
  const reporters = [...new Set(explained.map(({ node }) => node))].sort();
  return {
    ...{ windowSeconds: seconds, until },
    loss: Math.max(...verdicts.map(({ loss }) => loss)),
    score: verdicts.reduce((sum, { score }) => sum + score, 0),
    bad: Math.round(verdicts.reduce((sum, { bad }) => sum + bad, 0)),
    probes: Math.round(verdicts.reduce((sum, { probes }) => sum + probes, 0)),
    reporters: reporters.slice(0, mostShown),
    reporterCount: reporters.length,
    explained: explained.slice(0, mostShown),
    explainedCount: explained.length,
  };
}

function total({ bad }: ExplainedFailure): number {
  return Object.values(bad).reduce((sum, count) => sum + count, 0);
}
