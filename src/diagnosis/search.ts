import { type Candidate, type Counts, findCandidates, probesOf, type Suspect } from "./candidates.ts";
import type { Graph } from "./graph.ts";
import { bestLikelihood, gainAt } from "./likelihood.ts";
import { isSamePlace, leastPenalty, penaltyOf, rankOf } from "./preference.ts";
import type { Choice, Known } from "./verdict.ts";

/** Odds of less than 2 to 1 are a tie. */
const tieMargin = Math.LN2;
const exact = 1e-6;

interface Best {
  readonly loss: number;
  readonly score: number;
}

/** A greedy search for causes: each is taken for what those before it leave to explain. */
export function createSearch(
  graph: Graph,
  counts: Counts,
  background: ArrayLike<number>,
  known: readonly Known[],
) {
  const { family } = graph.tables();
  const lossOf = (flow: number) => background[family[flow] ?? 0] ?? 0;
  const { failing, candidates } = findCandidates(graph, counts, known, {
    gainOf: (flow) => -(counts.bad[flow] ?? 0) * Math.log(lossOf(flow)),
    neededBy: (suspect) => leastPenalty(graph, suspect),
  });
  const bad = Float64Array.from(failing, (flow) => counts.bad[flow] ?? 0);
  /** How likely a probe of each failing flow succeeds, given what was chosen. */
  const success = Float64Array.from(failing, (flow) => 1 - lossOf(flow));
  const penalties = new Map(
    candidates.map((one) => [one, penaltyOf(graph, one, probesOf(one, bad))] as const),
  );
  const chosen: Choice[] = [];
  /** What was scored before the latest choice is an upper bound: a choice takes from what is left to explain, and adds nothing. */
  const scores = new Map<Candidate, Best & { readonly choices: number }>();

  const scoreOf = (candidate: Candidate): Best => {
    const penalty = penalties.get(candidate) ?? 0;
    const { loss, gain } = bestLikelihood(candidate, bad, success, penalty);
    return { loss, score: gain - penalty };
  };
  const freshScore = (candidate: Candidate): Best => {
    const known = scores.get(candidate);
    if (known?.choices === chosen.length) return known;
    const fresh = { ...scoreOf(candidate), choices: chosen.length };
    scores.set(candidate, fresh);
    return fresh;
  };
  const multiply = ({ flows, weights }: Candidate, loss: number, sign: 1 | -1) => {
    for (const [index, flow] of flows.entries()) {
      const factor = 1 - (weights[index] ?? 0) * loss;
      success[flow] = (success[flow] ?? 0) * factor ** sign;
    }
  };
  const add = (candidate: Candidate, { loss, score }: Best, rivals: readonly Candidate[]) => {
    const choice: Choice = { candidate, loss, score, tied: [] };
    multiply(candidate, loss, 1);
    chosen.push(choice);
    // A rival that still explains something is a fault of its own, not another name for this one.
    choice.tied = rivals.filter((rival) => freshScore(rival).score <= 0);
  };
  const isChosen = (candidate: Candidate) => chosen.some((choice) => choice.candidate === candidate);
  const candidateOf = (known: Suspect) =>
    candidates.find(({ place, layer }) => place === known.place && layer === known.layer);

  return {
    /** The causes so far, the numbers of the failing flows, and their failures. */
    ...{ chosen, failing, bad },
    /** Whether it explains anything in this window. */
    addKnown(known: Suspect): boolean {
      const candidate = candidateOf(known);
      if (candidate === undefined) return false;
      const best = freshScore(candidate);
      if (best.score > 0 && !isChosen(candidate)) add(candidate, best, []);
      return isChosen(candidate);
    },
    gainOf(known: Known): number {
      const candidate = candidateOf(known);
      if (candidate === undefined) return 0;
      return gainAt(candidate, bad, success, known.loss / 2);
    },
    pastKnown(): ReadonlyMap<number, number> {
      const past = new Map<number, number>();
      for (const one of known) {
        const { flows = [], weights = [] } = candidateOf(one) ?? {};
        for (const [index, place] of flows.entries()) {
          const flow = failing[place] ?? 0;
          past.set(flow, (past.get(flow) ?? 1) * (1 - (weights[index] ?? 0) * one.loss));
        }
      }
      return past;
    },
    /** Whether there was one to add. */
    addBest(): boolean {
      const open = candidates.filter((candidate) => !isChosen(candidate));
      const bound = (candidate: Candidate) => scores.get(candidate)?.score ?? Number.POSITIVE_INFINITY;
      open.sort((a, b) => bound(b) - bound(a));
      let most = 0;
      const near: Candidate[] = [];
      for (const candidate of open) {
        if (bound(candidate) <= Math.max(0, most - tieMargin)) break;
        const { score } = freshScore(candidate);
        most = Math.max(most, score);
        near.push(candidate);
      }
      if (most === 0) return false;
      const scored = near.map((candidate) => ({ candidate, best: freshScore(candidate) }));
      const equal = scored.filter(({ best }) => best.score > most - exact);
      const [first] = equal.sort((a, b) => rankOf(graph, a.candidate) - rankOf(graph, b.candidate));
      if (first === undefined) return false;
      const rivals = scored.filter(
        ({ candidate, best }) =>
          best.score > Math.max(0, most - tieMargin) && !isSamePlace(graph, candidate, first.candidate),
      );
      add(
        first.candidate,
        first.best,
        rivals.map(({ candidate }) => candidate),
      );
      return true;
    },
    /** What came later may explain what an earlier choice was needed for. */
    dropNeedless() {
      for (const choice of [...chosen]) {
        multiply(choice.candidate, choice.loss, -1);
        const again = scoreOf(choice.candidate);
        if (again.score <= 0) {
          chosen.splice(chosen.indexOf(choice), 1);
          continue;
        }
        Object.assign(choice, again);
        multiply(choice.candidate, choice.loss, 1);
      }
    },
  };
}
