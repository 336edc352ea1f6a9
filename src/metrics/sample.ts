import type { Registry } from "prom-client";

/** One line of the text: a series and its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** What the instruments of a registry hold now. */
export async function samplesOf(registry: Registry): Promise<Sample[]> {
  const families = await registry.getMetricsAsJSON();
  return families.flatMap((family) =>
    family.values.map((sample) => ({
      name: nameOf(sample) ?? family.name,
      labels: definedLabels(sample.labels),
      value: sample.value,
    })),
  );
}

/** Present in histograms, whose samples end in `_bucket`, `_sum` and `_count`; prom-client's types leave it out. */
function nameOf(sample: object): string | undefined {
  return "metricName" in sample && typeof sample.metricName === "string" ? sample.metricName : undefined;
}

function definedLabels(labels: Partial<Record<string, string | number>>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  );
}
