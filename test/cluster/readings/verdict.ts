import { patternOf } from "../pattern.ts";
import type { Movement } from "./watch.ts";

/** Which movements a fault must cause and which it may; each as `<node>: <reading>` with `*` for any text. */
export interface Expectation {
  readonly must: readonly string[];
  readonly may: readonly string[];
}

export interface Verdict {
  readonly missing: readonly string[];
  readonly unexpected: readonly Movement[];
}

/**
 * What moves at any time where the nodes' own work holds an agent up: it discards what it reads meanwhile, and says so; and what it asks of
 * another one may be late.
 */
const ever = /^(discarded self-stalled|slow .* over 0.19 s)$/;

export function isTelling({ reading }: Movement): boolean {
  return !ever.test(reading);
}

export function judge({ must, may }: Expectation, movements: readonly Movement[]): Verdict {
  const texts = movements.map(textOf);
  const allowed = [...must, ...may].flatMap(withErrors).map(patternOf);
  return {
    missing: must.filter((wanted) => !texts.some((text) => patternOf(wanted).test(text))),
    unexpected: movements
      .filter(isTelling)
      .filter((movement) => !allowed.some((pattern) => pattern.test(textOf(movement)))),
  };
}

/** A failure of a check that the Go kubenurse has, too, is counted twice. */
function withErrors(wanted: string): string[] {
  const [check] = /^.*: http \S+/.exec(wanted) ?? [];
  return check === undefined ? [wanted] : [wanted, `${check} errors_total *`];
}

function textOf({ node, reading }: Movement): string {
  return `${node}: ${reading}`;
}
