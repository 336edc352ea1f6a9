import type { Candidate } from "./candidates.ts";

/** How likely a probe that crosses a candidate fails, and ln of how much likelier the readings are then. */
export interface Likelihood {
  readonly loss: number;
  readonly gain: number;
}

const losses = [
  ...[0.003, 0.005, 0.008, 0.012, 0.02, 0.03, 0.05, 0.08],
  ...[0.12, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9, 0.97, 0.999],
];

/**
 * The likeliest loss of a candidate. `bad` are the failures of each failing flow, and `success` is how likely its probes succeed without the
 * candidate. Nothing where no loss can gain more than `needed`.
 */
export function bestLikelihood(
  candidate: Candidate,
  bad: Float64Array,
  success: Float64Array,
  needed: number,
): Likelihood {
  const nothing = { loss: 0, gain: Number.NEGATIVE_INFINITY };
  if (mostGain(candidate, bad, success) <= needed) return nothing;
  const failures = alike(candidate, bad, success);
  return losses.reduce<Likelihood>((best, loss) => {
    const gain = gainOf(candidate, failures, loss);
    return gain > best.gain ? { loss, gain } : best;
  }, nothing);
}

/** ln of how much likelier the readings are with that loss than without. */
export function gainAt(candidate: Candidate, bad: Float64Array, success: Float64Array, loss: number): number {
  return gainOf(candidate, alike(candidate, bad, success), loss);
}

/** Failures of flows that are alike for a candidate: crossing it as likely, and succeeding as likely without it. */
interface Alike {
  readonly weight: number;
  readonly success: number;
  bad: number;
}

/** There are only a few kinds, though a candidate may have many thousand flows. */
function alike({ flows, weights }: Candidate, bad: Float64Array, success: Float64Array): readonly Alike[] {
  const kinds: Alike[] = [];
  for (let index = 0; index < flows.length; index += 1) {
    const flow = flows[index] ?? 0;
    const weight = weights[index] ?? 0;
    const before = success[flow] ?? 0;
    let kind = kinds.find((one) => one.success === before && one.weight === weight);
    if (kind === undefined) {
      kind = { weight, success: before, bad: 0 };
      kinds.push(kind);
    }
    kind.bad += bad[flow] ?? 0;
  }
  return kinds;
}

function gainOf({ good }: Candidate, failures: readonly Alike[], loss: number): number {
  let gain = 0;
  for (const { weight, success, bad } of failures) {
    gain += bad * Math.log((1 - success * (1 - weight * loss)) / (1 - success));
  }
  for (const [weight, count] of good) gain += count * Math.log1p(-weight * loss);
  return gain;
}

/** No loss gives more: as if the crossing were sure, one with a background as low as any of these flows'. */
function mostGain({ flows, good }: Candidate, bad: Float64Array, success: Float64Array): number {
  let failures = 0;
  let least = 1;
  for (const flow of flows) {
    failures += bad[flow] ?? 0;
    least = Math.min(least, 1 - (success[flow] ?? 0));
  }
  const successes = good.get(1) ?? 0;
  const rate = failures / (failures + successes);
  if (rate <= least) return 0;
  const lost = failures * Math.log(rate / least);
  return successes === 0 ? lost : lost + successes * Math.log((1 - rate) / (1 - least));
}
