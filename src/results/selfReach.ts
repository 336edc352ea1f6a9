import type { Clock } from "../edges.ts";
import type { Outcome, Phases } from "../probes/probe.ts";

/** Loopback takes a few milliseconds; from here on an agent could not tell its own slowness from a lost SYN's 1 s. */
const slowSeconds = 0.5;

/** Whether the agent reaches itself over loopback, which fails for no fault of the network. */
export interface SelfReach {
  /** A check of itself begins; the function it returns is told what came of it, once judged. */
  begin(): (outcome: Outcome<unknown>) => void;
  /** Whether the last check of itself failed or was slow, or one under way already takes too long. */
  isLost(): boolean;
}

export function createSelfReach(clock: Clock): SelfReach {
  let last: "reached" | "lost" = "reached";
  let underWaySince = Number.POSITIVE_INFINITY;
  return {
    begin() {
      underWaySince = clock.now();
      return (outcome) => {
        underWaySince = Number.POSITIVE_INFINITY;
        last = isReached(outcome) ? "reached" : "lost";
      };
    },
    isLost: () => last === "lost" || clock.now() - underWaySince > slowSeconds,
  };
}

/** One that says nothing, as when the agent stalls, is no ground for doubt beyond its own time. */
function isReached(outcome: Outcome<unknown>): boolean {
  if (outcome.state === "failed") return false;
  return outcome.state === "discarded" || total(outcome.phases) <= slowSeconds;
}

function total(phases: Phases): number {
  return Object.values(phases).reduce((sum, seconds) => sum + seconds, 0);
}
