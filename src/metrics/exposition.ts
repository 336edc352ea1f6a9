import { formatGoFloat } from "../lib/goFormat.ts";
import type { Family } from "./catalogue.ts";
import type { Sample } from "./sample.ts";

/** Prometheus's text format, which every scraper reads. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Samples as text, version 0.0.4: families alphabetically, series by their labels, buckets in the order given (`vmrange`
 * ascending). Throws for a sample of no known family. prom-client's own text can't be used: it writes `le` first and as
 * JavaScript would (0.00005), and shows families without a sample.
 */
export function writeText(
  samples: Iterable<Sample>,
  families: readonly Family[],
  options: { readonly metadata: boolean; readonly durations: "histogram" | "untyped" },
): string {
  let text = "";
  for (const [family, own] of byFamily(samples, families)) {
    const type = family.type === "durations" ? options.durations : family.type;
    if (options.metadata)
      text += `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${type}\n`;
    for (const { name, series, extra, value } of sorted(own, family)) {
      const labels = series !== "" && extra !== "" ? `${series},${extra}` : series + extra;
      text += `${name}${labels === "" ? "" : `{${labels}}`} ${formatValue(value)}\n`;
    }
  }
  return text;
}

function byFamily(samples: Iterable<Sample>, families: readonly Family[]): [Family, Sample[]][] {
  const known = new Map<string, Family>();
  for (const family of families)
    for (const suffix of ["", "_bucket", "_sum", "_count"]) known.set(family.name + suffix, family);
  const grouped = new Map<Family, Sample[]>();
  for (const sample of samples) {
    const family = known.get(sample.name);
    if (family === undefined) throw new Error(`${sample.name} belongs to no family of the catalogue`);
    const own = grouped.get(family);
    if (own === undefined) grouped.set(family, [sample]);
    else own.push(sample);
  }
  return [...grouped].sort(([a], [b]) => compare(a.name, b.name));
}

/** Sorting is stable, so that samples of one series stay in the order given. */
function sorted(samples: readonly Sample[], { labelNames }: Family) {
  return samples
    .map(({ name, labels, value }) => {
      const series = writeLabels(labelNames, labels);
      const extra = writeOthers(labels, labelNames);
      return { name, series, extra, value, bound: lowerBound(labels) };
    })
    .sort((a, b) => compare(a.series, b.series) || compare(a.bound, b.bound));
}

function writeLabels(names: readonly string[], labels: Sample["labels"]): string {
  let text = "";
  for (const name of names) text += writeLabel(text, name, labels[name]);
  return text;
}

/** The labels that are not among `names`; most samples have none, of which nothing is made. */
function writeOthers(labels: Sample["labels"], names: readonly string[]): string {
  let text = "";
  for (const name in labels) if (!names.includes(name)) text += writeLabel(text, name, labels[name]);
  return text;
}

function writeLabel(before: string, name: string, value: string | number | undefined): string {
  if (value === undefined) return "";
  const written = typeof value === "number" ? formatGoFloat(value) : escapeLabel(value);
  return `${before === "" ? "" : ","}${name}="${written}"`;
}

function lowerBound({ vmrange }: Sample["labels"]): number {
  return vmrange === undefined ? Number.POSITIVE_INFINITY : Number.parseFloat(String(vmrange));
}

/** Integers in full, as counters are written. */
function formatValue(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : formatGoFloat(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return /["\\\n]/.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
