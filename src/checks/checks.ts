import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import type { AttemptContext, Discard, Outcome } from "../probes/probe.ts";
import type { Reading } from "../probes/reading.ts";
import type { StartGrace } from "../results/grace.ts";
import type { CheckType, Subject } from "../results/results.ts";
import type { SelfWatch } from "../results/selfWatch.ts";
import type { Results } from "../results/store.ts";
import type { Schedule } from "../schedule/schedule.ts";

/** A target that is tested again and again. */
export interface Check {
  readonly subject: Subject;
  /** A probe's attempt on the check's target. */
  readonly attempt: (context: AttemptContext) => Promise<Outcome<Reading>>;
  /** Closes what attempts leave open for the next one. */
  readonly close?: () => void;
  /** What may excuse its failures. */
  readonly grace: StartGrace;
  /** From one attempt to the next; absent means the interval of all checks. */
  readonly intervalSeconds?: number;
  /** Monotonic seconds before which it is not tested; absent means now. */
  readonly notBefore?: number;
  /** How many attempts to make in a slot, given what came of those of the one before; absent means one. */
  readonly attemptsAfter?: (before: readonly Outcome<Reading>[]) => number;
}

/** The checks that run: each attempt's way from its slot through the probe to the results. */
export interface Checks {
  start(check: Check): void;
  end(type: CheckType, why: Discard): void;
  /** Ends all, with the connections that are kept, and resolves when no attempt is under way. */
  stop(): Promise<void>;
}

export interface ChecksOptions {
  readonly edges: Edges;
  readonly schedule: Schedule;
  readonly selfWatch: SelfWatch;
  readonly results: Results;
}

/** From one attempt of a slot to the next: twenty handshakes of TLS at once would stall the agent. */
export const apartSeconds = 0.05;

export function createChecks({ edges, schedule, selfWatch, results }: ChecksOptions): Checks {
  const running = new Map<CheckType, Check>();
  return {
    start(check) {
      const { type } = check.subject;
      running.set(type, check);
      results.begin(check.subject, check.grace);
      const { intervalSeconds, notBefore, attemptsAfter = () => 1 } = check;
      const attempt = async (signal: AbortSignal) => {
        const judge = selfWatch.begin(type);
        const outcome = judge(await check.attempt({ signal, edges }));
        if (signal.aborted) results.discard(check.subject, signal.reason);
        else results.record(type, outcome);
        return outcome;
      };
      let before: readonly Outcome<Reading>[] = [];
      schedule.start({
        key: type,
        ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
        ...(notBefore === undefined ? {} : { notBefore }),
        async run(signal) {
          const attempts: Promise<Outcome<Reading>>[] = [];
          for (let left = attemptsAfter(before); left > 0 && !signal.aborted; left -= 1) {
            attempts.push(attempt(signal));
            if (left > 1) await wait(edges.clock, apartSeconds, signal);
          }
          before = await Promise.all(attempts);
        },
      });
    },
    end(type, why) {
      schedule.end(type, why);
      running.get(type)?.close?.();
      running.delete(type);
      results.end(type, why);
    },
    async stop() {
      await schedule.stop("stopping");
      for (const check of running.values()) check.close?.();
      results.stop();
    },
  };
}
