import type { Clock } from "../edges.ts";
import type { Discard, Failed } from "../probes/probe.ts";
import type { Grace, Verdict } from "./grace.ts";

/** A fresh install has no ready agent behind its Service or ingress for up to about this long. */
const startSeconds = 60;

/** Failures before the first answer are held back for up to a minute after the agent's start, and discarded when the answer comes. */
export const startGrace = <Reading>(clock: Clock, verdict: Verdict<Reading>): Grace<Reading> => {
  let held: Failed<Reading>[] | "over" = [];
  const settle = (each: (outcome: Failed<Reading>) => void) => {
    const all = held === "over" ? [] : held;
    held = "over";
    all.forEach(each);
  };
  const cancel = clock.after(startSeconds, () => settle((outcome) => verdict.count(outcome)));
  const end = (why: Discard) => {
    cancel();
    settle(() => verdict.discard(why));
  };
  return {
    failed(outcome) {
      if (held === "over") verdict.count(outcome);
      else held.push(outcome);
    },
    answered: () => end("starting"),
    end,
  };
};
