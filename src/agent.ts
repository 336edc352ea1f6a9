import { join } from "node:path";
import { type Checks, createChecks } from "./checks/checks.ts";
import { fixedChecks } from "./checks/fixedChecks.ts";
import { createNeighbourChecks } from "./checks/neighbourChecks.ts";
import type { Config } from "./config/config.ts";
import { connectToKubernetes, type KubernetesConnection } from "./discovery/connection.ts";
import { type Discovery, startDiscovery } from "./discovery/discovery.ts";
import type { OwnNode, PeerView } from "./discovery/peer.ts";
import type { Edges } from "./edges.ts";
import { version } from "./lib/version.ts";
import { wait } from "./lib/wait.ts";
import { nodeHash } from "./mesh/ring.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { createTrust } from "./probes/http/trust.ts";
import { logFailures } from "./results/failureLog.ts";
import type { CheckType, ResultsView } from "./results/results.ts";
import { createResults } from "./results/store.ts";
import { createLoopDelay } from "./schedule/loopDelay.ts";
import { createSchedule } from "./schedule/schedule.ts";
import { createServer } from "./server/server.ts";

/** One kubenurse. */
export interface Agent {
  /**
   * Resolves when the endpoints answer and the checks are scheduled.
   * @throws ConfigError where no way to a Kubernetes API is known; the listener's error where a port can't be used.
   */
  start(): Promise<void>;
  /** Ends the checks, turns unready, goes on serving for the shutdown duration, then closes everything; a start under way, too. */
  stop(): Promise<void>;
  readonly results: ResultsView;
}

export function createAgent(config: Config, edges: Edges): Agent {
  const { clock, random, log } = edges;
  const stopping = new AbortController();
  let discovery: Discovery | undefined;
  const view = (): PeerView => discovery?.view() ?? { state: "unknown" };
  const ownNode = (): OwnNode => discovery?.ownNode() ?? { schedulable: true };

  const caFiles = [
    join(edges.serviceAccountDirectory, "ca.crt"),
    ...(config.extraCaFile ? [config.extraCaFile] : []),
  ];
  const trust = createTrust(!config.insecure, caFiles);
  const results = createResults(clock);
  const failures = logFailures(results, log);
  const metrics = createMetrics({
    ...{ config, clock, results, view, ownNode, version },
    processMetrics: edges.ownsProcess,
  });
  const schedule = createSchedule(clock, random, config.checkIntervalSeconds);
  const loopDelay = createLoopDelay(clock, metrics.observeLoopDelay);
  const checks = createChecks({ config, edges, trust, schedule, loopDelay, results });
  const neighbours = createNeighbourChecks(config, edges, checks, results);
  const fixedTypes: CheckType[] = [];
  let starting: Promise<void> = Promise.resolve();

  const server = createServer({
    config,
    edges,
    sources: {
      ...{ metrics, view, nodeHash },
      latest: () => results.latest(),
      ready: () => !stopping.signal.aborted && ownNode().schedulable,
      firstRunDone: () =>
        fixedTypes.every((type) => results.latest().has(type)) &&
        (!config.checks.neighbourhood || isTold(view())),
    },
  });

  const start = async () => {
    log.info({ version }, "kubenurse starting");
    let connection: KubernetesConnection;
    try {
      connection = await connectToKubernetes(config, edges.serviceAccountDirectory);
      await server.start();
    } catch (error) {
      metrics.stop();
      throw error;
    }
    if (stopping.signal.aborted) return;
    loopDelay.start();
    fixedTypes.push(...startFixedChecks(config, edges, checks, results));
    const follow = () => {
      if (discovery !== undefined && config.checks.neighbourhood) neighbours.follow(discovery);
    };
    discovery = startDiscovery(config, edges, connection, follow, stopping.signal);
    log.info("kubenurse just started");
  };

  return {
    results,
    start() {
      starting = start();
      return starting;
    },
    async stop() {
      stopping.abort("stopping");
      await Promise.allSettled([starting]);
      await checks.stop();
      loopDelay.stop();
      await wait(clock, config.shutdownSeconds, new AbortController().signal);
      await server.stop();
      metrics.stop();
      log.info({ errors: failures.total() }, "kubenurse stopped");
    },
  };
}

/** Whether discovery has an answer, be it that there is none to be had. */
function isTold(view: PeerView): boolean {
  return view.state !== "unknown" || view.error !== undefined;
}

/** Returns the types of those that run. */
function startFixedChecks(
  config: Config,
  edges: Edges,
  checks: Checks,
  results: { skip(type: CheckType): void },
): CheckType[] {
  const started: CheckType[] = [];
  for (const fixed of fixedChecks(config, edges)) {
    if (fixed.state === "run") {
      checks.start(fixed.check);
      started.push(fixed.check.type);
      continue;
    }
    results.skip(fixed.type);
    if (fixed.lacks !== undefined)
      edges.log.info({ type: fixed.type }, `check skipped: ${fixed.lacks} is empty`);
  }
  return started;
}
