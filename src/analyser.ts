import type { Config } from "./config/config.ts";
import { ConfigError } from "./config/configError.ts";
import { createDiagnosis } from "./diagnosis/diagnosis.ts";
import { diagnosisState } from "./diagnosis/diagnosisState.ts";
import type { DiagnosisView } from "./diagnosis/view.ts";
import { connectToKubernetes } from "./discovery/connection.ts";
import { deferredDiscovery } from "./discovery/deferredDiscovery.ts";
import { type Discovery, startDiscovery } from "./discovery/discovery.ts";
import { ownNamespace } from "./discovery/ownNamespace.ts";
import type { Edges } from "./edges.ts";
import { version } from "./lib/version.ts";
import { nodeHash } from "./mesh/ring.ts";
import { createAnalyserMetrics } from "./metrics/analyserMetrics.ts";
import { createTrust } from "./probes/http/trust.ts";
import { createApi } from "./server/api.ts";
import { createReports } from "./server/reports.ts";
import { createServer } from "./server/server.ts";

/** One `kubenurse analyse`: it leads in the agents' place, and is no agent: it checks nothing, and nobody checks it. */
export interface Analyser {
  /**
   * Resolves when the endpoints answer and it takes part in the election.
   * @throws ConfigError where agents report to nobody or there is no way to a Kubernetes API; the listener's error where a port can't be used.
   */
  start(): Promise<void>;
  /** Lets another one lead, then closes everything; a start under way, too. */
  stop(): Promise<void>;
  readonly diagnosis: DiagnosisView;
}

/** `agents` is their settings: its pods have the same environment. */
export function createAnalyser(agents: Config, edges: Edges): Analyser {
  const { clock, log } = edges;
  const config = analyserConfig(agents);
  const stopping = new AbortController();
  const { signal } = stopping;
  let discovery: Discovery | undefined;
  const { view, isAgent, isAgentNode, areAgentsKnown } = deferredDiscovery(() => discovery);

  const diagnosis = createDiagnosis({
    ...{ config, edges, view },
    // Leaders listen without TLS, and it sends nothing to anybody else.
    trust: createTrust(true, []),
    ownNode: () => undefined,
    rank: () => 0,
  });
  const metrics = createAnalyserMetrics({
    ...{ config, clock, view },
    diagnosis: () => diagnosisState(diagnosis.view, clock),
    processMetrics: edges.ownsProcess,
  });
  const identity = () => ({ pod: edges.hostname, node: agents.nodeName });
  const server = createServer({
    config,
    edges,
    sources: {
      ...{ metrics, view, nodeHash, identity },
      latest: () => new Map(),
      ready: () => !signal.aborted,
      firstRunDone: () => view().state !== "unknown",
      retry: async () => ({ status: 403 }),
      api: createApi(diagnosis.view, identity, edges),
      reports: createReports(
        { keys: config.mesh.keys, isAgent, areAgentsKnown, isAgentNode, receive: diagnosis.receive },
        clock,
      ),
    },
  });
  let starting: Promise<void> = Promise.resolve();

  const start = async () => {
    log.info({ version }, "kubenurse analyse starting");
    try {
      refuseUseless(agents, edges);
      const connection = await connectToKubernetes(config, edges.serviceAccountDirectory);
      await server.start();
      if (signal.aborted) return;
      discovery = startDiscovery(config, edges, connection, () => {}, signal);
      diagnosis.start(connection);
    } catch (error) {
      metrics.stop();
      throw error;
    }
    log.info("kubenurse analyse just started");
  };

  return {
    diagnosis: diagnosis.view,
    start() {
      starting = start();
      return starting;
    },
    async stop() {
      stopping.abort("stopping");
      await Promise.allSettled([starting]);
      await diagnosis.stop();
      await server.stop();
      metrics.stop();
      log.info("kubenurse analyse stopped");
    },
  };
}

/** It is on no node that counts, finds the agents also where they do not check each other, and is asked without TLS. */
function analyserConfig({ nodeName: _, tls: __, ...config }: Config): Config {
  return { ...config, checks: { ...config.checks, neighbourhood: true } };
}

/** @throws ConfigError where nobody would report to it. */
function refuseUseless(agents: Config, { serviceAccountDirectory }: Edges): void {
  const { mode } = agents.diagnosis;
  if (mode === "alone" || mode === "off") {
    const what = `KUBENURSE_DIAGNOSIS: got "${mode}", with which agents report to nobody`;
    throw new ConfigError([`${what}; expected report, or on`]);
  }
  if (ownNamespace(agents, serviceAccountDirectory) === undefined) {
    throw new ConfigError([
      "KUBENURSE_NAMESPACE: not set, and this is no pod; expected the namespace of the agents",
    ]);
  }
}
