import type { Clock } from "../edges.ts";
import type { Discard, Failed, Reason } from "../probes/probe.ts";
import type { Grace, Verdict } from "./grace.ts";

/** A restart of the API server takes up to a minute; another one so soon after is no longer routine. */
const restart = { lastsSeconds: 60, apartSeconds: 600 };

/** What clients see of a server that restarts: the host answers, the server not yet or not properly. */
const restartReasons: ReadonlySet<Reason> = new Set(["connect_refused", "reset", "http_status"]);

/**
 * What they may see of one under way: for a Service without endpoints, as it is then, nodes refuse by ICMP, of which Linux sends each
 * host one in a second (`icmp_ratelimit`), and drop all other SYNs.
 */
const restartingReason: Reason = "connect_timeout";

/**
 * Failures that look like a restart are held back for up to a minute and discarded when the server answers within it. Those of a
 * server that stays away are counted late, and those of one that keeps failing are counted at once.
 */
export const restartGrace = <Reading>(clock: Clock, verdict: Verdict<Reading>): Grace<Reading> => {
  let held: Failed<Reading>[] = [];
  let begun: number | undefined;
  let cancel = () => {};
  const give = () => {
    for (const outcome of held) verdict.count(outcome);
    held = [];
  };
  const drop = (why: Discard) => {
    for (const _ of held) verdict.discard(why);
    held = [];
  };
  return {
    failed(outcome) {
      const since = begun === undefined ? Number.POSITIVE_INFINITY : clock.now() - begun;
      const isUnderWay = held.length > 0;
      const looksLikeIt =
        restartReasons.has(outcome.reason) || (isUnderWay && outcome.reason === restartingReason);
      if (!looksLikeIt) return verdict.count(outcome);
      if (since >= restart.apartSeconds) {
        begun = clock.now();
        cancel = clock.after(restart.lastsSeconds, give);
      } else if (since >= restart.lastsSeconds) {
        // As long as it keeps failing, the next restart is not routine either.
        begun = clock.now() - restart.lastsSeconds;
        return verdict.count(outcome);
      }
      held.push(outcome);
    },
    answered: () => drop("server-restarted"),
    end(why) {
      cancel();
      drop(why);
    },
  };
};
