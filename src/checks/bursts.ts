import type { Outcome } from "../probes/probe.ts";

/** So many connections to one of E endpoints at random leave out a given one in 5 % of all cases, (1 - 1/E)^3E < e^-3, as long as they are not too many. */
const perEndpoint = 3;
const most = 20;

/**
 * How many attempts a slot has, given those of the one before. Where one of many endpoints is lost, one attempt at a time meets it too seldom to
 * tell it from chance; so while some fail and others do not, there are several. Where all fail, one is enough, and a slot without a verdict says nothing.
 */
export function createBursts(
  endpoints: () => number,
): (before: readonly Pick<Outcome<unknown>, "state">[]) => number {
  let wasAnswered = false;
  return (before) => {
    const has = (state: "ok" | "failed") => before.some((outcome) => outcome.state === state);
    const isPartial = has("failed") && (has("ok") || wasAnswered);
    if (has("ok") || has("failed")) wasAnswered = has("ok");
    return isPartial ? Math.max(1, Math.min(most, perEndpoint * endpoints())) : 1;
  };
}
