import { Histogram, type Registry } from "prom-client";
import type { Config } from "../config/config.ts";
import { declared, type Family } from "./catalogue.ts";
import { createVmrangeHistogram } from "./vmrange.ts";

/** A histogram of durations in the form that the configuration asks for. */
export interface DurationHistogram<Label extends string> {
  observe(labels: Record<Label, string>, seconds: number): void;
}

export function createDurationHistogram<Label extends string>(
  family: Family<Label>,
  config: Pick<Config, "histogramBuckets" | "histogramFormat">,
  registry: Registry,
): DurationHistogram<Label> {
  if (config.histogramFormat === "vmrange") return createVmrangeHistogram(family, registry);
  const histogram = new Histogram({
    ...declared(family),
    buckets: [...config.histogramBuckets],
    registers: [registry],
  });
  return { observe: (labels, seconds) => histogram.observe(labels, seconds) };
}
