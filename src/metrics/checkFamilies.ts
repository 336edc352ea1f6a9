import { Counter, Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import type { HttpReading } from "../probes/http/reading.ts";
import type { Failed, Ok } from "../probes/probe.ts";
import type { CheckType } from "../results/results.ts";
import { toHeaders } from "../results/store.ts";
import { catalogue, declared } from "./catalogue.ts";
import { createDurationHistogram } from "./durationHistogram.ts";
import { errorEvent } from "./errorEvent.ts";
import { type Sample, samplesOf } from "./sample.ts";
import { traceEvents } from "./traceEvents.ts";

/** What the metrics keep of one check. Dropping the object drops all series of its type. */
export interface CheckFamilies {
  /** Counts an outcome's round trips and its failure. */
  count(outcome: Ok<HttpReading> | Failed<HttpReading>): void;
  /** Records how long an outcome's round trips took. */
  time(outcome: Ok<HttpReading> | Failed<HttpReading>): void;
  samples(): Promise<Sample[]>;
}

export function createCheckFamilies(type: CheckType, config: Config): CheckFamilies {
  const registry = new Registry();
  const registers = [registry];
  const errors = new Counter({ ...declared(catalogue.errors), registers });
  const requests = new Counter({ ...declared(catalogue.requests), registers });
  const requestDuration = createDurationHistogram(catalogue.requestDuration, config, registry);
  const summary = summaryTotals(registry);
  const traceDuration =
    config.metricsDetail === "full"
      ? createDurationHistogram(catalogue.traceDuration, config, registry)
      : undefined;

  return {
    count(outcome) {
      for (const { code } of outcome.reading.roundTrips) requests.inc({ type, code: String(code) });
      if (outcome.state === "failed") {
        errors.inc({ type, event: errorEvent(outcome) });
        if (!wasAnswered(outcome)) requests.inc({ type, code: "round_trip_error" });
      }
    },
    time(outcome) {
      for (const { phases } of outcome.reading.roundTrips) {
        const seconds = toHeaders(phases);
        requestDuration.observe({ type }, seconds);
        summary.sum.inc({ type }, seconds);
        summary.count.inc({ type });
      }
      if (traceDuration === undefined) return;
      for (const { event, seconds } of eventsOf(outcome)) traceDuration.observe({ type, event }, seconds);
    },
    samples: () => samplesOf(registry),
  };
}

/** The summary's sum and count; its quantiles come from the last minute's answers. */
function summaryTotals(registry: Registry) {
  const { name, help, labelNames } = declared(catalogue.requestSummary);
  const registers = [registry];
  return {
    sum: new Counter({ name: `${name}_sum`, help, labelNames, registers }),
    count: new Counter({ name: `${name}_count`, help, labelNames, registers }),
  };
}

/** A failure's phases are those of all its round trips, so after a redirect the events of the last one are not known. */
function eventsOf(outcome: Ok<HttpReading> | Failed<HttpReading>) {
  const { phases, reading } = outcome;
  if (outcome.state === "failed" && reading.roundTrips.length === 0)
    return traceEvents(phases, outcome.phase);
  return reading.roundTrips.flatMap((roundTrip) => traceEvents(roundTrip.phases));
}

/** Only status and body are judged on an answer; every other failure is that of a round trip without one. */
function wasAnswered({ reason, phase }: Failed<HttpReading>): boolean {
  return reason === "http_status" || phase === "transfer";
}
