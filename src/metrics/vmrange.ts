import { Counter, type Registry } from "prom-client";
import { formatGoExponent } from "../lib/goFormat.ts";
import { declared, type Family } from "./catalogue.ts";
import type { DurationHistogram } from "./durationHistogram.ts";

const bucketsPerDecade = 18;
const exponents = { lowest: -9, highest: 18 };
const bucketCount = (exponents.highest - exponents.lowest) * bucketsPerDecade;

/** A histogram in VictoriaMetrics's form: only buckets that hold something, each with its own count. */
export function createVmrangeHistogram<Label extends string>(
  family: Family<Label>,
  registry: Registry,
): DurationHistogram<Label> {
  const registers = [registry];
  const { help, name, labelNames } = declared(family);
  const buckets = new Counter({
    help,
    name: `${name}_bucket`,
    labelNames: [...labelNames, "vmrange"],
    registers,
  });
  const sum = new Counter({ help, name: `${name}_sum`, labelNames, registers });
  const count = new Counter({ help, name: `${name}_count`, labelNames, registers });
  return {
    observe(labels, seconds) {
      buckets.inc({ ...labels, vmrange: vmrange(seconds) });
      sum.inc(labels, seconds);
      count.inc(labels);
    },
  };
}

/** The bucket of a value, `lower...upper`: lower bound exclusive, upper bound inclusive. */
export function vmrange(value: number): string {
  const place = (Math.log10(value) - exponents.lowest) * bucketsPerDecade;
  if (place < 0) return `0...${bound(0)}`;
  if (place >= bucketCount) return `${bound(bucketCount)}...+Inf`;
  // As VictoriaMetrics does: 1e-9 itself is in the first bucket, not below it.
  const index = Math.max(0, Math.ceil(place) - 1);
  return `${bound(index)}...${bound(index + 1)}`;
}

function bound(index: number): string {
  return formatGoExponent(10 ** (exponents.lowest + index / bucketsPerDecade), 3);
}
