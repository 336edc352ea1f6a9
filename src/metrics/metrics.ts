import type { Config } from "../config/config.ts";
import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { Clock } from "../edges.ts";
import type { CheckType, ResultListener, ResultsView } from "../results/results.ts";
import { createAgentFamilies } from "./agentFamilies.ts";
import { catalogue } from "./catalogue.ts";
import { type CgroupPlaces, linuxCgroupPlaces } from "./cgroup.ts";
import { type CheckFamilies, createCheckFamilies } from "./checkFamilies.ts";
import { contentType, writeText } from "./exposition.ts";
import { createIncomingChecks, type IncomingChecks } from "./incomingChecks.ts";
import { createProcessFamilies } from "./processFamilies.ts";
import { requestQuantiles } from "./requestQuantiles.ts";

export interface MetricsOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly results: Pick<ResultsView, "types" | "recent"> & { subscribe(listener: ResultListener): void };
  readonly view: () => PeerView;
  readonly ownNode: () => OwnNode;
  readonly version: string;
  /** Whether to show the process and its Node.js; off where many agents share a process. */
  readonly processMetrics: boolean;
  /** Absent means where Linux has it. */
  readonly cgroup?: CgroupPlaces;
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
  const { config, clock, results, processMetrics, cgroup = linuxCgroupPlaces } = options;
  const agent = createAgentFamilies({ ...options, cgroup });
  const incoming = createIncomingChecks(clock);
  const runtime = processMetrics ? createProcessFamilies() : undefined;
  const checks = new Map<CheckType, CheckFamilies>();
  const familiesOf = (type: CheckType) => {
    const families = checks.get(type) ?? createCheckFamilies(type, config);
    checks.set(type, families);
    return families;
  };
  const timedAs = config.metricsDetail === "lean" ? foldPaths : (type: CheckType) => type;

  results.subscribe({
    counted(type, outcome) {
      familiesOf(type).count(outcome);
      familiesOf(timedAs(type)).time(outcome);
    },
    discarded: (_type, why) => agent.discarded(why),
    forgotten: (type) => void checks.delete(type),
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

/** All neighbours as one type, which outlives each of them. */
function foldPaths(type: CheckType): CheckType {
  return type.startsWith("path_") ? "path" : type;
}
