import { Counter, Histogram, Registry } from "prom-client";
import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { Clock } from "../edges.ts";
import { type Discard, discards } from "../probes/probe.ts";
import { catalogue, declared } from "./catalogue.ts";
import { type CgroupPlaces, readCpuThrottling } from "./cgroup.ts";
import { type Sample, samplesOf } from "./sample.ts";

/** Upper bounds in seconds: from what nobody notices to what spoils an attempt's time. */
const loopDelayBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What the metrics say of the agent itself. */
export interface AgentFamilies {
  discarded(why: Discard): void;
  observeLoopDelay(seconds: number): void;
  samples(): Promise<Sample[]>;
}

export function createAgentFamilies(options: {
  readonly clock: Clock;
  readonly view: () => PeerView;
  readonly ownNode: () => OwnNode;
  readonly version: string;
  readonly cgroup: CgroupPlaces;
}): AgentFamilies {
  const { clock, view, ownNode, version, cgroup } = options;
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
      ...discoverySamples(view(), clock, started),
      ...nodeSamples(ownNode()),
      ...cpuSamples(cgroup),
    ],
  };
}

/** Before the first list nothing could be confirmed since the agent's start. */
function discoverySamples(view: PeerView, clock: Clock, started: number): Sample[] {
  const lostSince = view.state === "unknown" ? started : view.state === "stale" ? view.since : undefined;
  const value = lostSince === undefined ? 0 : Math.max(0, clock.wallNow() - lostSince);
  const stale = { name: catalogue.discoveryStale.name, labels: {}, value };
  if (view.state === "unknown") return [stale];
  return [stale, { name: catalogue.peers.name, labels: {}, value: view.peers.length }];
}

function nodeSamples({ name, zone = "", schedulable }: OwnNode): Sample[] {
  if (name === undefined) return [];
  return [
    { name: catalogue.nodeInfo.name, labels: { node: name, zone }, value: 1 },
    { name: catalogue.nodeSchedulable.name, labels: {}, value: schedulable ? 1 : 0 },
  ];
}

function cpuSamples(cgroup: CgroupPlaces): Sample[] {
  const throttling = readCpuThrottling(cgroup);
  if (throttling === undefined) return [];
  return [
    { name: catalogue.cpuPeriods.name, labels: {}, value: throttling.periods },
    { name: catalogue.cpuThrottledPeriods.name, labels: {}, value: throttling.throttledPeriods },
    { name: catalogue.cpuThrottled.name, labels: {}, value: throttling.throttledSeconds },
  ];
}
