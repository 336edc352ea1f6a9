import type { Config } from "../config/config.ts";
import type { PeerView } from "../discovery/peer.ts";
import type { Clock } from "../edges.ts";
import { staleSample } from "./agentFamilies.ts";
import { catalogue } from "./catalogue.ts";
import { contentType, writeText } from "./exposition.ts";
import { type DiagnosisState, findingSamples } from "./findingFamilies.ts";
import type { Metrics } from "./metrics.ts";
import { createProcessFamilies } from "./processFamilies.ts";

export interface AnalyserMetricsOptions {
  readonly config: Pick<Config, "metricsDetail" | "exposeMetadata">;
  readonly clock: Clock;
  readonly view: () => PeerView;
  readonly diagnosis: () => DiagnosisState;
  /** Whether to show the process and its Node.js. */
  readonly processMetrics: boolean;
}

/** What `kubenurse analyse` shows: no series by which agents are counted, or found to be idle. */
export function createAnalyserMetrics(options: AnalyserMetricsOptions): Omit<Metrics, "observeLoopDelay"> {
  const { config, clock, view, diagnosis } = options;
  const runtime = options.processMetrics ? createProcessFamilies(config.metricsDetail) : undefined;
  const started = clock.wallNow();
  return {
    contentType,
    incoming: { record() {}, count: () => 0 },
    stop: () => runtime?.stop(),
    async render() {
      const ofProcess = (await runtime?.samples()) ?? [];
      const samples = [...findingSamples(diagnosis()), staleSample(view(), clock, started), ...ofProcess];
      return writeText(samples, Object.values(catalogue), {
        metadata: config.exposeMetadata,
        durations: "histogram",
      });
    },
  };
}
