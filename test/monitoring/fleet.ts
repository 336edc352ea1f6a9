import { healthy, type Outcome, type Sample, type Story, zoneOf } from "./story.ts";

/** A time series as promtool takes it. */
export interface InputSeries {
  readonly series: string;
  /** One value a scrape, `_` where there is none, `stale` where the series ends. */
  readonly values: string;
}

interface Totals {
  ok: number;
  seconds: number;
  readonly failed: Map<string, number>;
}

/** What Prometheus scrapes of the cluster in the course of a story. */
export function scrapeFleet(story: Story, scrapeSeconds: number): InputSeries[] {
  const totals = new Map<string, Totals>();
  const series = new Map<string, string[]>();
  const steps = Math.floor(story.lasts / scrapeSeconds);
  for (let step = 0; step <= steps; step += 1) {
    const second = step * scrapeSeconds;
    const away = story.prometheusRuns?.(second) === false;
    const present = story.nodes.filter((node) => stateOf(story, node, second) !== "gone");
    const scraped = new Map<string, number>();
    for (const sample of [
      ...present.flatMap((node) => samplesOf(story, totals, node, present, second)),
      ...(story.others?.(second) ?? []),
    ]) {
      scraped.set(nameOf(sample), sample.value);
    }
    for (const name of new Set([...series.keys(), ...scraped.keys()])) {
      const values = series.get(name) ?? Array<string>(step).fill("_");
      const value = scraped.get(name);
      const ended = ["_", "stale"].includes(values.at(-1) ?? "_") ? "_" : "stale";
      values.push(away ? "_" : (value?.toString() ?? ended));
      series.set(name, values);
    }
  }
  return [...series].map(([name, values]) => ({ series: name, values: values.join(" ") }));
}

function stateOf(story: Story, node: string, second: number) {
  return story.agent?.(node, second) ?? "up";
}

function samplesOf(
  story: Story,
  totals: Map<string, Totals>,
  node: string,
  present: readonly string[],
  second: number,
): Sample[] {
  const pod = `kubenurse-${node}-${story.pod?.(node, second) ?? 0}`;
  const target = { job: "kubenurse", instance: `${pod}:8080`, namespace: "kubenurse", pod, node };
  const peers = present.filter((peer) => peer !== node);
  const types = ["api_server_direct", "api_server_dns", "me_service", "me_ingress"];
  const checks = [...types, ...peers.map((peer) => `path_${peer}`)].flatMap((type) => {
    const key = `${pod} ${story.process?.(node, second) ?? 0} ${type}`;
    const outcome = story.check?.(node, type, second) ?? healthy;
    return checkSamples(type, count(totals, key, outcome));
  });
  const up = stateOf(story, node, second) === "up";
  const own: Sample[] = [
    { name: "kubenurse_build_info", value: 1 },
    { name: "kubenurse_node_info", labels: { exported_node: node, zone: zoneOf(node) }, value: 1 },
    { name: "kubenurse_peers", value: peers.length },
    { name: "kubenurse_neighbourhood_incoming_checks", value: peers.length },
    { name: "kubenurse_discarded_checks_total", labels: { why: "self-stalled" }, value: 0 },
    ...checks,
    ...(story.samples?.(node, second) ?? []),
  ];
  return [{ name: "up", value: up ? 1 : 0 }, ...(up ? own : [])].map((sample: Sample) => ({
    ...sample,
    labels: { ...target, ...sample.labels },
  }));
}

/** Adds an outcome to a check's totals; a check that is absent starts again from nothing. */
function count(totals: Map<string, Totals>, key: string, outcome: Outcome): Totals | undefined {
  if (outcome === "absent") {
    totals.delete(key);
    return undefined;
  }
  const total = totals.get(key) ?? { ok: 0, seconds: 0, failed: new Map() };
  total.ok += outcome.ok;
  total.seconds += outcome.ok * (outcome.seconds ?? 0.002);
  for (const [event, failures] of Object.entries(outcome.failed ?? {})) {
    total.failed.set(event, (total.failed.get(event) ?? 0) + failures);
  }
  totals.set(key, total);
  return total;
}

/** As an agent shows them: a series begins with its first event. */
function checkSamples(type: string, total: Totals | undefined): Sample[] {
  if (total === undefined) return [];
  const duration = "kubenurse_httpclient_request_duration_seconds";
  const answered: Sample[] = [
    { name: "kubenurse_httpclient_requests_total", labels: { type, code: "200" }, value: total.ok },
    { name: `${duration}_count`, labels: { type }, value: total.ok },
    { name: `${duration}_sum`, labels: { type }, value: total.seconds },
  ];
  const errors = [...total.failed].map(([event, value]) => ({
    name: "kubenurse_errors_total",
    labels: { type, event },
    value,
  }));
  return [...(total.ok > 0 ? answered : []), ...errors];
}

function nameOf({ name, labels = {} }: Sample): string {
  return `${name}{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`)}}`;
}
