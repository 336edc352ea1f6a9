import type { Clock } from "../edges.ts";
import type { Discard, Failed, Reason } from "../probes/probe.ts";
import type { Grace, Verdict } from "./grace.ts";

/**
 * A restart of the API server takes up to a minute. It is routine after a minute in which nothing failed, and where there were not so many
 * lately: an upgrade takes two or three, and a server that crashes again and again has more.
 */
const routine = { lastsSeconds: 60, afterQuietSeconds: 60, most: 3, withinSeconds: 1800 };

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
  /** When the latest restarts began, the last one last. */
  let begun: readonly number[] = [];
  let lastFailed = Number.NEGATIVE_INFINITY;
  let cancel = () => {};
  const give = () => {
    for (const outcome of held) verdict.count(outcome);
    held = [];
  };
  const drop = (why: Discard) => {
    for (const _ of held) verdict.discard(why);
    held = [];
  };
  const mayBegin = (now: number) => {
    const lately = begun.filter((at) => at > now - routine.withinSeconds);
    return now - lastFailed >= routine.afterQuietSeconds && lately.length < routine.most;
  };
  const isExcused = (now: number) => {
    if (now - (begun.at(-1) ?? Number.NEGATIVE_INFINITY) < routine.lastsSeconds) return true;
    if (!mayBegin(now)) return false;
    begun = [...begun.slice(1 - routine.most), now];
    cancel = clock.after(routine.lastsSeconds, give);
    return true;
  };
  return {
    failed(outcome) {
      const isUnderWay = held.length > 0;
      const looksLikeIt =
        restartReasons.has(outcome.reason) || (isUnderWay && outcome.reason === restartingReason);
      if (!looksLikeIt) return verdict.count(outcome);
      const now = clock.now();
      const excused = isExcused(now);
      lastFailed = now;
      if (excused) held.push(outcome);
      else verdict.count(outcome);
    },
    answered: () => drop("server-restarted"),
    end(why) {
      cancel();
      drop(why);
    },
  };
};
