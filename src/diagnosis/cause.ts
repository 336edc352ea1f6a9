import type { Culprit } from "./culprits.ts";
import type { Facts } from "./facts.ts";
import { type Signature, signatures } from "./signatures.ts";

/** The causes that fit best. */
export interface Cause {
  readonly best: Signature;
  /** Those that fit equally well. */
  readonly others: readonly Signature[];
}

/** What a finding says where no signature fits. */
const unknown: Signature = {
  slug: "unknown",
  says: "fails in a way that fits no known cause",
  components: [],
  checkNext: ["What the explained failures have in common: kubenurse explain ID"],
};

/** The share of the failures that must have one of a signature's reasons. */
const mostFailures = 0.6;

/** Compares the facts with the catalogue. Each point of a signature that was seen counts; one that was not rules it out. */
export function causeOf(culprit: Pick<Culprit, "component" | "layer">, facts: Facts, isSlow = false): Cause {
  const fits = signatures
    .map((signature) => ({ signature, points: pointsOf(signature, culprit, facts, isSlow) }))
    .filter(({ points }) => points >= 0);
  const most = Math.max(...fits.map(({ points }) => points));
  const [best = unknown, ...others] = fits
    .filter(({ points }) => points === most)
    .map(({ signature }) => signature);
  return { best, others };
}

/** -1 where it does not fit. */
function pointsOf(
  signature: Signature,
  { component, layer }: Pick<Culprit, "component" | "layer">,
  facts: Facts,
  isSlow: boolean,
): number {
  const { components, layers, direction, silent, loss, slowLookups, latency = false } = signature;
  if (!components.includes(component.kind) || latency !== isSlow) return -1;
  const { from = 0, to = 1 } = loss ?? {};
  const points = [
    layers === undefined ? 0 : layers.includes(layer) ? 1 : -1,
    failing(signature, facts),
    succeeding(signature, facts),
    reasonsOf(signature, facts),
    direction === undefined ? 0 : direction === facts.direction ? 1 : -1,
    silent === undefined ? 0 : silent === facts.silent ? 1 : -1,
    loss === undefined ? 0 : facts.loss >= from && facts.loss <= to ? 1 : -1,
    slowLookups === undefined ? 0 : facts.slowLookups > 0 ? 2 : -1,
  ];
  return points.includes(-1) ? -1 : points.reduce((sum, point) => sum + point, 0);
}

function failing({ fails }: Signature, { aspects }: Facts): number {
  if (fails === undefined) return 0;
  const states = fails.map((aspect) => aspects.get(aspect) ?? "absent");
  if (states.includes("succeeds")) return -1;
  return states.some((state) => state !== "absent") ? 1 : -1;
}

/** What was not tested can't count. */
function succeeding({ succeeds }: Signature, { aspects }: Facts): number {
  if (succeeds === undefined) return 0;
  const states = succeeds.map((aspect) => aspects.get(aspect) ?? "absent");
  if (states.some((state) => state === "fails" || state === "partly")) return -1;
  return states.includes("succeeds") ? 1 : 0;
}

function reasonsOf({ reasons }: Signature, facts: Facts): number {
  if (reasons === undefined) return 0;
  // Datagrams that are lost have no reason; without any attempt there is nothing to go by.
  if (facts.reasons.size === 0) return 0;
  const share = reasons.reduce((sum, reason) => sum + (facts.reasons.get(reason) ?? 0), 0);
  return share >= mostFailures ? 1 : -1;
}
