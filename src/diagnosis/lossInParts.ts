import { flowsAcross } from "./flowsAcross.ts";
import type { Pane } from "./pane.ts";
import type { Verdict } from "./verdict.ts";
import type { Window } from "./windows.ts";

/** A part of a window in which so many failed, and so great a share of all, is one of a cut. */
const cut = { bad: 5, share: 0.9 };

/** The share that is lost while the fault lasts: a cut that begins or ends in a window is no partial loss. */
export function lossInParts({ graph, parts }: Window, verdicts: readonly Verdict[]): number {
  const losses = verdicts.map((verdict) => {
    const sure = flowsAcross(graph, verdict).flatMap(({ flow, weight }) => (weight === 1 ? flow : []));
    const cuts = parts
      .map((part) => sumOf(part, sure))
      .filter(({ bad, share }) => bad >= cut.bad && share >= cut.share);
    return Math.max(verdict.loss, ...cuts.map(({ share }) => share));
  });
  return Math.max(...losses);
}

/** Whether the newest part of a window shows less of the fault than the whole, as when it is over. */
export function isFading({ pane, parts }: Window, verdicts: readonly Verdict[]): boolean {
  const newest = parts.at(-1);
  if (newest === undefined) return false;
  const flows = [...new Set(verdicts.flatMap(({ explains }) => explains))];
  return sumOf(newest, flows).share < sumOf(pane, flows).share / 2;
}

function sumOf(pane: Pane, flows: readonly number[]): { readonly bad: number; readonly share: number } {
  const sum = (counts: Uint16Array) => flows.reduce((total, flow) => total + (counts[flow] ?? 0), 0);
  const bad = sum(pane.bad);
  // NaN where nothing was tested, which is neither more nor less than anything.
  return { bad, share: bad / (bad + sum(pane.good)) };
}
