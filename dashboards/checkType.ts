import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { frame, typeVariable } from "./frame.ts";
import { graph, heatmap, number, table } from "./panels.ts";

const ofType = 'type=~"$type"';
const duration = "kubenurse_httpclient_request_duration_seconds";
const trace = "kubenurse_httpclient_trace_request_duration_seconds";
const errors = "node_type_event:kubenurse_errors:increase2m";
const attempts = "node_type:kubenurse_attempts:increase2m";

/** One check over all nodes: what fails, how long it takes, and which phase takes how long. */
export function checkType(): Dashboard {
  const dashboard = frame(
    "kubenurse / check",
    "kubenurse-check",
    "One check over all nodes: what fails, how long answers take, and in which phase.",
  ).withVariable(typeVariable());
  const panels = [
    number({
      title: "Nodes",
      description: "Nodes that make this check.",
      queries: { nodes: `count(count by (node) (${attempts}{${ofType}} > 0))` },
    }),
    number({
      title: "Attempts",
      description: "A second, over all nodes.",
      queries: { attempts: `sum(${attempts}{${ofType}}) / 120` },
      unit: "cps",
    }),
    number(
      {
        title: "Failed",
        description: "Share of the attempts of the last two minutes.",
        queries: {
          failed: `(sum(${errors}{${ofType}}) or vector(0)) / sum(${attempts}{${ofType}})`,
        },
        unit: "percentunit",
      },
      0.01,
    ),
    number(
      {
        title: "Failing nodes",
        description: "Nodes on which this check failed in the last two minutes.",
        queries: { nodes: `count(count by (node) (${errors}{${ofType}} > 0)) or vector(0)` },
      },
      1,
    ),
    heatmap({
      title: "Answers by their time",
      description: "From the start of a round trip to the headers of its answer. Empty with vmrange buckets.",
      queries: { "{{le}}": `sum by (le) (increase(${duration}_bucket{${ofType}}[$__rate_interval]))` },
      unit: "s",
    }),
    graph({
      title: "Response time by quantile",
      description: "Of the answers of all nodes together; as exact as the histogram's buckets.",
      queries: Object.fromEntries(
        [0.5, 0.9, 0.99].map((quantile) => [
          `${quantile * 100} %`,
          `histogram_quantile(${quantile}, sum by (le) (rate(${duration}_bucket{${ofType}}[$__rate_interval])))`,
        ]),
      ),
      unit: "s",
    }),
    graph({
      title: "Exact quantiles of the last minute",
      description:
        "kubenurse_request_duration, as in kubenurse 1.2: each agent's quantile, averaged over all agents.",
      queries: { "{{quantile}}": `avg by (quantile) (kubenurse_request_duration{${ofType}})` },
      unit: "s",
    }),
    graph({
      title: "Phases",
      description:
        "Mean time that each phase takes, between two events of the trace histogram. Empty in lean detail, which has no such histogram.",
      queries: {
        resolve: phase("dns_start", "dns_done"),
        connect: phase("connect_start", "connect_done"),
        TLS: phase("tls_handshake_start", "tls_handshake_done"),
        processing: phase("wrote_request", "got_first_resp_byte"),
      },
      unit: "s",
    }),
    graph({
      title: "Slowest nodes",
      description: "The ten nodes with the highest median of the last minute.",
      queries: {
        "{{node}}": `topk(10, avg by (node) (kubenurse_request_duration{${ofType}, quantile="0.5"}))`,
      },
      unit: "s",
    }),
    graph({
      title: "Round trips by status",
      description: "A second, over all nodes. round_trip_error stands for no answer.",
      queries: {
        "{{code}}": `sum by (code) (rate(kubenurse_httpclient_requests_total{${ofType}}[$__rate_interval]))`,
      },
      unit: "cps",
    }),
    graph({
      title: "Failures by step",
      description: "Failures of the last two minutes over all nodes, by the step that failed.",
      queries: { "{{event}}": `sum by (event) (${errors}{${ofType}}) > 0` },
    }),
    table({
      title: "Failing nodes",
      description: "Failures of the last two minutes, the most first.",
      queries: { failures: `topk(20, sum by (node, event) (${errors}{${ofType}}) > 0)` },
    }),
  ];
  for (const panel of panels) dashboard.withPanel(panel);
  return dashboard.build();
}

/** Events are measured from the start of the round trip, so a phase is a difference; only of means may one be taken. */
function phase(from: string, to: string): string {
  return `${meanOf(to)} - ${meanOf(from)}`;
}

function meanOf(event: string): string {
  const rate = (part: string) => `sum(rate(${trace}_${part}{${ofType}, event="${event}"}[$__rate_interval]))`;
  return `${rate("sum")} / ${rate("count")}`;
}
