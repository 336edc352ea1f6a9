import type { Candidate } from "./candidates.ts";
import { type FlowAcross, flowsAcross } from "./flowsAcross.ts";
import { bestLikelihood } from "./likelihood.ts";
import type { Pane } from "./pane.ts";
import { mostWindowsAgo, reportSeconds } from "./report.ts";
import type { Verdict } from "./verdict.ts";
import type { Window } from "./windows.ts";

/** A fault shows in so many steps of a window, or in all where it has fewer. */
const leastSteps = 3;
/** ln of how much likelier the readings of a step must be with the fault. */
const shows = 3;

/** A span in which attempts failed and succeeded. */
interface Step {
  readonly badOf: (flow: number) => number;
  readonly good: Pane["good"];
}

/**
 * Whether at least one of the verdicts shows again and again, beside what is known: a blip does in a step or two, however late its time limits are over;
 * and where DNS lost a pod, some nodes wait more often for it than others. `pastKnown` is that of the window.
 */
export function isLasting(
  window: Window,
  verdicts: readonly Verdict[],
  background: Float64Array,
  pastKnown: ReadonlyMap<number, number>,
): boolean {
  const { graph, parts } = window;
  const { family } = graph.tables();
  const successOf = (flow: number) => (1 - (background[family[flow] ?? 0] ?? 0)) * (pastKnown.get(flow) ?? 1);
  const steps = stepsOf(window);
  return verdicts.some((verdict) => {
    const across = flowsAcross(graph, verdict);
    const known = new Set(across.map(({ flow }) => flow));
    const others = verdict.explains.filter((flow) => !known.has(flow)).map((flow) => ({ flow, weight: -1 }));
    const showing = steps.filter((step) => {
      const { candidate, bad, success } = inStep(step, [...across, ...others], successOf);
      return bestLikelihood(candidate, bad, success, shows).gain > shows;
    });
    return showing.length >= Math.min(leastSteps, parts.length);
  });
}

/** A window's parts; where these are as short as time limits, what began in each, also before the window. */
function stepsOf({ parts, step }: Window): readonly Step[] {
  if (step > reportSeconds) return parts.map(({ good, bad }) => ({ good, badOf: (flow) => bad[flow] ?? 0 }));
  return Array.from({ length: mostWindowsAgo + parts.length }, (_, index) => {
    const place = index - mostWindowsAgo;
    const later = parts.slice(Math.max(0, place), index + 1);
    const firstAgo = Math.max(0, -place);
    return {
      badOf: (flow) => later.reduce((sum, part, n) => sum + begunIn(part, flow, firstAgo + n), 0),
      // What succeeded before the window is not kept.
      good: parts[Math.max(0, place)]?.good ?? new Uint16Array(),
    };
  });
}

/** Of a part's failures, those that began so many windows before. */
function begunIn({ bad, details }: Pane, flow: number, windowsAgo: number): number {
  const earlier = details.get(flow)?.earlier ?? [];
  if (windowsAgo > 0) return earlier[windowsAgo - 1] ?? 0;
  return (bad[flow] ?? 0) - earlier.reduce((sum, count) => sum + count, 0);
}

/** A step's failures and successes, as the localiser takes them. */
function inStep({ badOf, good }: Step, across: readonly FlowAcross[], successOf: (flow: number) => number) {
  const failing = across.filter(({ flow }) => badOf(flow) > 0);
  const successes = new Map<number, number>();
  for (const { flow, weight } of across) {
    if (weight > 0) successes.set(weight, (successes.get(weight) ?? 0) + (good[flow] ?? 0));
  }
  const candidate: Candidate = {
    ...{ place: -1, layer: -1, good: successes },
    flows: [...failing.keys()],
    weights: failing.map(({ weight }) => Math.abs(weight)),
  };
  const bad = Float64Array.from(failing, ({ flow }) => badOf(flow));
  const success = Float64Array.from(failing, ({ flow }) => successOf(flow));
  return { candidate, bad, success };
}
