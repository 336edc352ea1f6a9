import { join } from "node:path";
import { type Checks, createChecks } from "./checks/checks.ts";
import { type FixedCheck, fixedChecks } from "./checks/fixedChecks.ts";
import { httpChecks } from "./checks/httpCheck.ts";
import { createLayerChecks } from "./checks/layerChecks.ts";
import { createNeighbourChecks } from "./checks/neighbourChecks.ts";
import type { Config } from "./config/config.ts";
import { createDiagnosis } from "./diagnosis/diagnosis.ts";
import { diagnosisState } from "./diagnosis/diagnosisState.ts";
import { rankAmong } from "./diagnosis/rank.ts";
import { createReporter } from "./diagnosis/reporter.ts";
import type { DiagnosisView } from "./diagnosis/view.ts";
import { connectToKubernetes, type KubernetesConnection } from "./discovery/connection.ts";
import { deferredDiscovery } from "./discovery/deferredDiscovery.ts";
import { type Discovery, startDiscovery } from "./discovery/discovery.ts";
import type { PeerView } from "./discovery/peer.ts";
import { startServiceDiscovery } from "./discovery/services.ts";
import type { Edges } from "./edges.ts";
import { version } from "./lib/version.ts";
import { wait } from "./lib/wait.ts";
import { nodeHash, rememberedHash } from "./mesh/ring.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { createTrust } from "./probes/http/trust.ts";
import { logFailures } from "./results/failureLog.ts";
import type { CheckType, ResultsView } from "./results/results.ts";
import { createSelfWatch } from "./results/selfWatch.ts";
import { createResults } from "./results/store.ts";
import { cpuThrottlingOf, linuxCgroupPlaces } from "./schedule/cgroup.ts";
import { createLoopDelay } from "./schedule/loopDelay.ts";
import { createSchedule } from "./schedule/schedule.ts";
import { createApi } from "./server/api.ts";
import { createEcho } from "./server/echo.ts";
import { createReports } from "./server/reports.ts";
import { createRetry } from "./server/retry.ts";
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
  /** Absent where the diagnosis is off. */
  readonly diagnosis: DiagnosisView | undefined;
}

export function createAgent(config: Config, edges: Edges): Agent {
  const { clock, random, log } = edges;
  const stopping = new AbortController();
  let discovery: Discovery | undefined;
  const { view, ownNode, isAgent, isAgentNode, areAgentsKnown } = deferredDiscovery(() => discovery);

  const caFiles = [
    join(edges.serviceAccountDirectory, "ca.crt"),
    ...(config.extraCaFile ? [config.extraCaFile] : []),
  ];
  const trust = createTrust(!config.insecure, caFiles);
  const results = createResults(clock);
  const failures = logFailures(results, log);
  const answersDatagrams = config.layers.udp && config.checks.neighbourhood;
  const readThrottling = cpuThrottlingOf(linuxCgroupPlaces);
  const metrics = createMetrics({
    ...{ config, clock, results, view, ownNode, version, readThrottling },
    processMetrics: edges.ownsProcess,
    proc: edges.proc,
    mesh: () => layers.mesh.state(),
    settingsFile: () => layers.settingsFile()?.state(),
    echo: () => (answersDatagrams ? echo.counts() : undefined),
    diagnosis: () => diagnosis && diagnosisState(diagnosis.view, clock),
  });
  const schedule = createSchedule(clock, random, config.checkIntervalSeconds);
  const loopDelay = createLoopDelay(clock, (seconds) => {
    metrics.observeLoopDelay(seconds);
    reporter?.observeLoopDelay(seconds);
  });
  const selfWatch = createSelfWatch({ clock, loopDelay, readThrottling });
  const checks = createChecks({ edges, schedule, selfWatch, results });
  const httpCheck = httpChecks({ config, trust });
  const neighbours = createNeighbourChecks(config, edges, checks, httpCheck, results);
  const ready = () => !stopping.signal.aborted && ownNode().schedulable;
  const layers = createLayerChecks({
    ...{ config, edges, checks, httpCheck, results, trust },
    agents: { view, ownNode, ready },
    signal: stopping.signal,
  });
  const hash = rememberedHash();
  const { mode } = config.diagnosis;
  const rank = mode === "report" ? "none" : () => rankAmong(view(), ownNode().name ?? "", hash);
  const diagnosis =
    mode === "off" ? undefined : createDiagnosis({ config, edges, trust, view, ownNode, rank });
  const reporter =
    diagnosis &&
    createReporter({
      ...{ edges, results, ownNode, readThrottling, onReport: diagnosis.offer },
      pairEvents: () => layers.mesh.events(),
    });
  const fixedTypes: CheckType[] = [];
  let starting: Promise<void> = Promise.resolve();

  const { keys } = config.mesh;
  const identity = () => ({ pod: edges.hostname, node: ownNode().name, nodeAddress: config.nodeAddress });
  const server = createServer({
    config,
    edges,
    sources: {
      ...{ metrics, view, nodeHash, ready },
      latest: () => results.compatibleLatest(),
      identity,
      ...(diagnosis && {
        api: createApi(diagnosis.view, identity, edges),
        reports: createReports(
          { keys, isAgent, areAgentsKnown, isAgentNode, receive: diagnosis.receive },
          clock,
        ),
      }),
      retry: createRetry({ keys, isAgent, answer: layers.mesh.answer }, clock),
      firstRunDone: () =>
        fixedTypes.every((type) => results.latest().has(type)) &&
        (!config.checks.neighbourhood || isTold(view())),
    },
  });
  const echo = createEcho({ edges, port: config.udpPort, keys, isAgent });

  const listen = async () => {
    await server.start();
    // What checked well without it must not end because its port is taken.
    if (answersDatagrams)
      await echo.start().catch((error) => log.error({ err: error }, "datagrams are not answered"));
  };
  const start = async () => {
    log.info({ version }, "kubenurse starting");
    const { signal } = stopping;
    let connection: KubernetesConnection;
    try {
      connection = await connectToKubernetes(config, edges.serviceAccountDirectory);
      await listen();
      if (signal.aborted) return;
      loopDelay.start();
      await layers.start();
    } catch (error) {
      loopDelay.stop();
      await stopListening();
      metrics.stop();
      throw error;
    }
    if (signal.aborted) return;
    fixedTypes.push(...startFixedChecks(fixedChecks(config, edges, httpCheck), edges, checks, results));
    const agentsChanged = () => {
      if (discovery === undefined) return;
      if (config.checks.neighbourhood) neighbours.follow(discovery);
      layers.followAgents(discovery);
    };
    discovery = startDiscovery(config, edges, connection, agentsChanged, signal);
    const servicesChanged = () => layers.followServices(services);
    const services = startServiceDiscovery(config, edges, connection, servicesChanged, signal);
    diagnosis?.start(connection);
    void reporter?.run(signal);
    log.info("kubenurse just started");
  };
  const stopListening = async () => {
    echo.stop();
    await server.stop();
  };

  return {
    results,
    diagnosis: diagnosis?.view,
    start() {
      starting = start();
      return starting;
    },
    async stop() {
      stopping.abort("stopping");
      await Promise.allSettled([starting]);
      layers.stop();
      await Promise.all([checks.stop(), diagnosis?.stop()]);
      loopDelay.stop();
      await wait(clock, config.shutdownSeconds, new AbortController().signal);
      await stopListening();
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
  all: readonly FixedCheck[],
  edges: Edges,
  checks: Checks,
  results: { skip(type: CheckType): void },
): CheckType[] {
  const started: CheckType[] = [];
  for (const fixed of all) {
    if (fixed.state === "run") {
      checks.start(fixed.check);
      started.push(fixed.check.subject.type);
      continue;
    }
    results.skip(fixed.type);
    if (fixed.lacks !== undefined)
      edges.log.info({ type: fixed.type }, `check skipped: ${fixed.lacks} is empty`);
  }
  return started;
}
