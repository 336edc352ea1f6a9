import { loadConfig } from "../../src/config/loadConfig.ts";
import { createMetrics, type Metrics } from "../../src/metrics/metrics.ts";
import type { HttpReading } from "../../src/probes/http/reading.ts";
import type { Failed, Ok, Phases } from "../../src/probes/probe.ts";
import { noGrace } from "../../src/results/grace.ts";
import { createResults, type Results } from "../../src/results/store.ts";
import { type SimulatedClock, simulatedClock } from "./simulatedClock.ts";
import { httpSubject } from "./subject.ts";

/** Metrics over results that a test fills by hand. */
export interface MeteredChecks {
  readonly metrics: Metrics;
  readonly results: Results;
  readonly clock: SimulatedClock;
  /** Records one ok attempt for a type, begun when it is new. */
  ok(type: string, ...roundTrips: Phases[]): void;
  /** Records one attempt that failed without an answer. */
  fail(type: string, failed: Pick<Failed<HttpReading>, "phase" | "reason" | "phases">): void;
}

type Extra = Partial<Omit<Parameters<typeof createMetrics>[0], "config" | "clock" | "results">>;

export function meteredChecks(environment: Record<string, string> = {}, extra: Extra = {}): MeteredChecks {
  const clock = simulatedClock();
  const results = createResults(clock);
  const metrics = createMetrics({
    config: loadConfig(environment).config,
    clock,
    results,
    view: () => ({ state: "fresh", peers: [] }),
    ownNode: () => ({ name: "node-1", zone: "zone-a", schedulable: true }),
    version: "2.0.0",
    processMetrics: false,
    readThrottling: () => undefined,
    proc: "/nonexistent",
    mesh: () => undefined,
    ...extra,
  });
  const begun = new Set<string>();
  const record = (type: string, outcome: Ok<HttpReading> | Failed<HttpReading>) => {
    if (!begun.has(type)) results.begin(httpSubject(type), noGrace);
    begun.add(type);
    results.record(type, outcome);
  };
  return {
    metrics,
    results,
    clock,
    ok: (type, ...trips) =>
      record(type, {
        state: "ok",
        phases: trips.at(-1) ?? {},
        reading: {
          kind: "http",
          roundTrips: trips.map((phases, at) => ({ code: at === trips.length - 1 ? 200 : 302, phases })),
        },
      }),
    fail: (type, failed) =>
      record(type, {
        ...failed,
        state: "failed",
        detail: failed.reason,
        reading: { kind: "http", roundTrips: [] },
      }),
  };
}

/** The lines of a text whose family starts with `name`. */
export function linesOf(text: string, name: string): string[] {
  return text.split("\n").filter((line) => line.replace(/^# (HELP|TYPE) /, "").startsWith(name));
}
