import { readdirSync, readFileSync } from "node:fs";
import { constants, PerformanceObserver } from "node:perf_hooks";
import { Histogram, Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import { catalogue, declared } from "./catalogue.ts";
import { type Sample, samplesOf } from "./sample.ts";

/** The process and, in full detail, its Node.js, under the names that prom-client gives them. */
export interface ProcessFamilies {
  samples(): Promise<Sample[]>;
  stop(): void;
}

/** prom-client's own collectors can't be stopped: they keep a garbage collection observer and a loop monitor for good. */
export function createProcessFamilies(detail: Config["metricsDetail"]): ProcessFamilies {
  const runtime = detail === "full" ? observeRuntime() : undefined;
  const startSeconds = Date.now() / 1000 - process.uptime();
  return {
    stop: () => runtime?.stop(),
    samples: async () => [
      value(catalogue.processStart.name, startSeconds),
      value(catalogue.processResident.name, process.memoryUsage.rss()),
      ...cpuSamples(),
      ...linuxSamples(),
      ...((await runtime?.samples()) ?? []),
    ],
  };
}

/** What only those ask who look into Node.js itself. */
function observeRuntime(): ProcessFamilies {
  const registry = new Registry();
  const gc = new Histogram({
    ...declared(catalogue.gcDuration),
    buckets: [0.001, 0.01, 0.1, 1],
    registers: [registry],
  });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) gc.observe({ kind: gcKind(entry) }, entry.duration / 1000);
  });
  observer.observe({ entryTypes: ["gc"] });
  return {
    stop: () => observer.disconnect(),
    samples: async () => [
      ...(await samplesOf(registry)),
      ...heapSamples(),
      ...resourceSamples(),
      versionSample(),
    ],
  };
}

function gcKind(entry: object): string {
  const detail: unknown = "detail" in entry ? entry.detail : undefined;
  switch (typeof detail === "object" && detail !== null && "kind" in detail ? detail.kind : undefined) {
    case constants.NODE_PERFORMANCE_GC_MAJOR:
      return "major";
    case constants.NODE_PERFORMANCE_GC_MINOR:
      return "minor";
    case constants.NODE_PERFORMANCE_GC_INCREMENTAL:
      return "incremental";
    default:
      return "weakcb";
  }
}

function cpuSamples(): Sample[] {
  const { user, system } = process.cpuUsage();
  return [
    value(catalogue.processCpu.name, (user + system) / 1e6),
    value(catalogue.processCpuUser.name, user / 1e6),
    value(catalogue.processCpuSystem.name, system / 1e6),
  ];
}

function heapSamples(): Sample[] {
  const { heapTotal, heapUsed, external } = process.memoryUsage();
  return [
    value(catalogue.heapTotal.name, heapTotal),
    value(catalogue.heapUsed.name, heapUsed),
    value(catalogue.external.name, external),
  ];
}

/** Absent where there is no /proc. */
function linuxSamples(): Sample[] {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    const limits = readFileSync("/proc/self/limits", "utf8");
    return [
      value(catalogue.processAnonymous.name, 1024 * numberIn(status, /^RssAnon:\s+(\d+) kB$/m)),
      value(catalogue.processVirtual.name, 1024 * numberIn(status, /^VmSize:\s+(\d+) kB$/m)),
      value(catalogue.processMaxFds.name, numberIn(limits, /^Max open files\s+(\d+)/m)),
      value(catalogue.processOpenFds.name, readdirSync("/proc/self/fd").length),
    ].filter((sample) => !Number.isNaN(sample.value));
  } catch {
    return [];
  }
}

function resourceSamples(): Sample[] {
  const counts = Map.groupBy(process.getActiveResourcesInfo(), (type) => type);
  return [...counts].map(([type, those]) => ({
    name: catalogue.activeResources.name,
    labels: { type },
    value: those.length,
  }));
}

function versionSample(): Sample {
  const [major = "", minor = "", patch = ""] = process.versions.node.split(".");
  return {
    name: catalogue.nodeVersion.name,
    labels: { version: process.version, major, minor, patch },
    value: 1,
  };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1]);
}

function value(name: string, amount: number): Sample {
  return { name, labels: {}, value: amount };
}
