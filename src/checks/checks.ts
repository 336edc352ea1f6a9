import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import { httpProbe } from "../probes/http/probe.ts";
import { Connections, type HttpTarget } from "../probes/http/target.ts";
import type { Trust } from "../probes/http/trust.ts";
import type { Discard } from "../probes/probe.ts";
import type { StartGrace } from "../results/grace.ts";
import type { CheckType } from "../results/results.ts";
import { doubtSelf } from "../results/selfDoubt.ts";
import type { Results } from "../results/store.ts";
import type { LoopDelay } from "../schedule/loopDelay.ts";
import type { Schedule } from "../schedule/schedule.ts";

/** A target that is tested again and again. */
export interface Check {
  readonly type: CheckType;
  readonly target: Pick<HttpTarget, "url" | "headers" | "bearerToken">;
  /** What may excuse its failures. */
  readonly grace: StartGrace;
  /** Monotonic seconds before which it is not tested; absent means now. */
  readonly notBefore?: number;
}

/** The checks that run: each attempt's way from its slot through the probe to the results. */
export interface Checks {
  start(check: Check): void;
  end(type: CheckType, why: Discard): void;
  /** Ends all, with the connections that are kept, and resolves when no attempt is under way. */
  stop(): Promise<void>;
}

export interface ChecksOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly trust: Trust;
  readonly schedule: Schedule;
  readonly loopDelay: LoopDelay;
  readonly results: Results;
}

export function createChecks(options: ChecksOptions): Checks {
  const { config, edges, trust, schedule, loopDelay, results } = options;
  const running = new Map<CheckType, Connections>();

  return {
    start({ type, target, grace, notBefore }) {
      const connections = new Connections(config.reuseConnections);
      const fullTarget: HttpTarget = { ...target, proxyFor: config.proxy.proxyFor, trust, connections };
      running.set(type, connections);
      results.begin(type, grace);
      schedule.start({
        key: type,
        ...(notBefore === undefined ? {} : { notBefore }),
        async run(signal) {
          const begun = edges.clock.now();
          const endMeasurement = loopDelay.measure();
          const outcome = await httpProbe.attempt(fullTarget, { signal, edges });
          const delay = endMeasurement();
          if (signal.aborted) results.discard(type, signal.reason);
          else results.record(type, doubtSelf(outcome, delay, edges.clock.now() - begun));
        },
      });
    },
    end(type, why) {
      schedule.end(type, why);
      running.get(type)?.destroy();
      running.delete(type);
      results.end(type, why);
    },
    async stop() {
      await schedule.stop("stopping");
      for (const connections of running.values()) connections.destroy();
      results.stop();
    },
  };
}
