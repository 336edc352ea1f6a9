import { Counter, Histogram, Registry } from "prom-client";
import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { Clock } from "../edges.ts";
import { type Discard, discards } from "../probes/probe.ts";
import type { CpuThrottling, ReadThrottling } from "../schedule/cgroup.ts";
import { catalogue, declared } from "./catalogue.ts";
import { type Sample, samplesOf } from "./sample.ts";

/** Upper bounds in seconds: from what nobody notices to what spoils an attempt's time. */
const loopDelayBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** How the latest reading of the settings file went, and the Unix time of the latest good one. */
interface SettingsFileState {
  readonly successful: boolean;
  readonly at: number;
}

/** Datagrams that the UDP port answered, and those it dropped, by why. */
interface EchoCounts {
  readonly answered: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** What the metrics say of the agent itself. */
export interface AgentFamilies {
  discarded(why: Discard): void;
  observeLoopDelay(seconds: number): void;
  samples(): Promise<Sample[]>;
}

export interface AgentFamilyOptions {
  readonly clock: Clock;
  readonly view: () => PeerView;
  readonly ownNode: () => OwnNode;
  readonly version: string;
  readonly readThrottling: ReadThrottling;
  readonly settingsFile?: (() => SettingsFileState | undefined) | undefined;
  readonly echo?: (() => EchoCounts | undefined) | undefined;
}

export function createAgentFamilies(options: AgentFamilyOptions): AgentFamilies {
  const { clock, view, ownNode, version, readThrottling, settingsFile, echo } = options;
  const started = clock.wallNow();
  const registry = new Registry();
  const registers = [registry];
  const discarded = new Counter({ ...declared(catalogue.discarded), registers });
  for (const why of discards) discarded.inc({ why }, 0);
  const loopDelay = new Histogram({ ...declared(catalogue.loopDelay), buckets: loopDelayBuckets, registers });
  const buildInfo = {
    name: catalogue.buildInfo.name,
    labels: { version, node_version: process.versions.node },
    value: 1,
  };

  return {
    discarded: (why) => discarded.inc({ why }),
    observeLoopDelay: (seconds) => loopDelay.observe(seconds),
    samples: async () => [
      ...(await samplesOf(registry)),
      buildInfo,
      staleSample(view(), clock, started),
      ...peerSamples(view()),
      ...nodeSamples(ownNode()),
      ...cpuSamples(readThrottling()),
      ...settingsFileSamples(settingsFile?.()),
      ...echoSamples(echo?.()),
    ],
  };
}

/** Before the first list nothing could be confirmed since the start. */
export function staleSample(view: PeerView, clock: Clock, started: number): Sample {
  const lostSince = view.state === "unknown" ? started : view.state === "stale" ? view.since : undefined;
  const value = lostSince === undefined ? 0 : Math.max(0, clock.wallNow() - lostSince);
  return { name: catalogue.discoveryStale.name, labels: {}, value };
}

function peerSamples(view: PeerView): Sample[] {
  if (view.state === "unknown") return [];
  return [{ name: catalogue.peers.name, labels: {}, value: view.peers.length }];
}

function nodeSamples({ name, zone = "", schedulable }: OwnNode): Sample[] {
  if (name === undefined) return [];
  return [
    { name: catalogue.nodeInfo.name, labels: { node: name, zone }, value: 1 },
    { name: catalogue.nodeSchedulable.name, labels: {}, value: schedulable ? 1 : 0 },
  ];
}

function cpuSamples(throttling: CpuThrottling | undefined): Sample[] {
  if (throttling === undefined) return [];
  return [
    { name: catalogue.cpuPeriods.name, labels: {}, value: throttling.periods },
    { name: catalogue.cpuThrottledPeriods.name, labels: {}, value: throttling.throttledPeriods },
    { name: catalogue.cpuThrottled.name, labels: {}, value: throttling.throttledSeconds },
  ];
}

function settingsFileSamples(state: SettingsFileState | undefined): Sample[] {
  if (state === undefined) return [];
  return [
    { name: catalogue.settingsRead.name, labels: {}, value: state.successful ? 1 : 0 },
    { name: catalogue.settingsReadAt.name, labels: {}, value: state.at },
  ];
}

function echoSamples(counts: EchoCounts | undefined): Sample[] {
  if (counts === undefined) return [];
  const { answered, dropped } = counts;
  return Object.entries({ answered, ...dropped }).map(([result, value]) => ({
    name: catalogue.echo.name,
    labels: { result },
    value,
  }));
}
