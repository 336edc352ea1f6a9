import type { MeshState } from "../checks/mesh.ts";
import type { Config } from "../config/config.ts";
import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { Clock } from "../edges.ts";
import type { ResultListener, ResultsView, Subject } from "../results/results.ts";
import type { ReadThrottling } from "../schedule/cgroup.ts";
import { type AgentFamilyOptions, createAgentFamilies } from "./agentFamilies.ts";
import { catalogue } from "./catalogue.ts";
import { createCertificateFamilies } from "./certificateFamilies.ts";
import { type CheckFamilies, createCheckFamilies } from "./checkFamilies.ts";
import { createDatagramFamilies } from "./datagramFamilies.ts";
import { contentType, writeText } from "./exposition.ts";
import { type DiagnosisState, findingSamples } from "./findingFamilies.ts";
import { createIncomingChecks, type IncomingChecks } from "./incomingChecks.ts";
import { meshSamples } from "./meshFamilies.ts";
import { createProbeDurations } from "./probeDurations.ts";
import { createProbeFamilies } from "./probeFamilies.ts";
import { createProcessFamilies } from "./processFamilies.ts";
import { requestQuantiles } from "./requestQuantiles.ts";
import type { ResultFamilies } from "./resultFamilies.ts";
import { createSynFamilies } from "./synFamilies.ts";

export interface MetricsOptions extends Pick<AgentFamilyOptions, "settingsFile" | "echo"> {
  readonly config: Config;
  readonly clock: Clock;
  readonly results: Pick<ResultsView, "subjects" | "recent"> & { subscribe(listener: ResultListener): void };
  readonly view: () => PeerView;
  readonly ownNode: () => OwnNode;
  readonly version: string;
  /** Whether to show the process and its Node.js; off where many agents share a process. */
  readonly processMetrics: boolean;
  readonly readThrottling: ReadThrottling;
  /** Where the kernel shows its counters. */
  readonly proc: string;
  /** Absent until the mesh is known. */
  readonly mesh: () => MeshState | undefined;
  /** Absent, as a function or its answer, where the diagnosis is off. */
  readonly diagnosis?: () => DiagnosisState | undefined;
}

export interface Metrics {
  /** The text that Prometheus scrapes, in the format of `contentType`. */
  render(): Promise<string>;
  readonly contentType: string;
  readonly incoming: IncomingChecks;
  /** To be told of each measured delay of the event loop, in seconds. */
  observeLoopDelay(seconds: number): void;
  /** Ends what observes the process; nothing is left running. */
  stop(): void;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const { config, clock, results, processMetrics } = options;
  const agent = createAgentFamilies(options);
  const incoming = createIncomingChecks(clock);
  const runtime = processMetrics ? createProcessFamilies(config.metricsDetail) : undefined;
  const checks = new Map<string, CheckFamilies>();
  const familiesOf = (type: string) => {
    const families = checks.get(type) ?? createCheckFamilies(type, config);
    checks.set(type, families);
    return families;
  };
  const timedAs = ({ target, sort }: Subject) => (config.metricsDetail === "lean" ? sort : target);

  const families: ResultFamilies[] = [
    createProbeFamilies(config.metricsDetail),
    createProbeDurations(config.metricsDetail),
    createDatagramFamilies(config.metricsDetail, clock),
    createCertificateFamilies(config.metricsDetail),
    createSynFamilies(options),
    { samples: () => meshSamples(options.mesh()) },
    { samples: () => findingSamples(options.diagnosis?.()) },
  ];
  results.subscribe({
    begun(subject) {
      for (const { begun } of families) begun?.(subject);
    },
    counted(subject, outcome) {
      for (const { counted } of families) counted?.(subject, outcome);
      const { reading } = outcome;
      if (!subject.compatible || reading.kind !== "http") return;
      familiesOf(subject.target).count({ ...outcome, reading });
      familiesOf(timedAs(subject)).time({ ...outcome, reading });
    },
    discarded: (_subject, why) => agent.discarded(why),
    forgotten(subject) {
      for (const { forgotten } of families) forgotten?.(subject);
      checks.delete(subject.target);
    },
  });

  return {
    contentType,
    incoming,
    observeLoopDelay: agent.observeLoopDelay,
    stop: () => runtime?.stop(),
    async render() {
      const samples = await Promise.all([
        requestQuantiles(results, timedAs),
        ...[...checks.values()].map((check) => check.samples()),
        ...families.map((those) => those.samples()),
        agent.samples(),
        [{ name: catalogue.incomingChecks.name, labels: {}, value: incoming.count() }],
        runtime?.samples() ?? [],
      ]);
      return writeText(samples.flat(), Object.values(catalogue), {
        metadata: config.exposeMetadata,
        durations: config.histogramFormat === "le" ? "histogram" : "untyped",
      });
    },
  };
}
