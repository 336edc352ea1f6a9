import { type Candidate, probesOf, type Suspect } from "./candidates.ts";

/** A suspect that the readings speak against. */
export interface Verdict extends Suspect {
  /** How likely a probe that crosses it fails, in (0, 1). */
  readonly loss: number;
  /** ln of how much likelier the readings are with it, less what chance and complexity cost. Above 0. */
  readonly score: number;
  /** Failures of the flows that cross it, and all that crossed it; counts are weighted by how likely they did. */
  readonly bad: number;
  readonly probes: number;
  /** The numbers of the failing flows of which it explains more than any other verdict. */
  readonly explains: readonly number[];
  /** Suspects elsewhere that explain the same about as well. */
  readonly tied: readonly Suspect[];
}

/** What is known to be, or to have been, broken, and its loss. */
export interface Known extends Suspect {
  readonly loss: number;
}

/** A candidate that was taken as a cause, with those that could be it as well. */
export interface Choice {
  readonly candidate: Candidate;
  loss: number;
  score: number;
  tied: readonly Candidate[];
}

/** `failing` are the numbers of the failing flows, and `bad` their failures. */
export function verdictsOf(
  chosen: readonly Choice[],
  failing: readonly number[],
  bad: Float64Array,
): readonly Verdict[] {
  const mainCauses = mainCausesOf(failing.length, chosen);
  return chosen.map(({ candidate, loss, score, tied }) => ({
    ...{ place: candidate.place, layer: candidate.layer, loss, score },
    bad: candidate.flows.reduce(
      (sum, flow, index) => sum + (bad[flow] ?? 0) * (candidate.weights[index] ?? 0),
      0,
    ),
    probes: probesOf(candidate, bad),
    explains: candidate.flows
      .filter((flow) => mainCauses[flow]?.candidate === candidate)
      .map((flow) => failing[flow] ?? 0),
    tied: tied.map(({ place, layer }) => ({ place, layer })),
  }));
}

/** Of each failing flow, the choice that makes most of its probes fail. */
function mainCausesOf(failing: number, chosen: readonly Choice[]): readonly (Choice | undefined)[] {
  const causes: (Choice | undefined)[] = new Array(failing).fill(undefined);
  const shares = new Float64Array(failing);
  for (const choice of chosen) {
    const { flows, weights } = choice.candidate;
    for (const [index, flow] of flows.entries()) {
      const share = (weights[index] ?? 0) * choice.loss;
      if (share <= (shares[flow] ?? 0)) continue;
      shares[flow] = share;
      causes[flow] = choice;
    }
  }
  return causes;
}
