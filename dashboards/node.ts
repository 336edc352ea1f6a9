import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { frame, nodeVariable } from "./frame.ts";
import { graph, number, word } from "./panels.ts";

const errors = "node_type_event:kubenurse_errors:increase2m";
const attempts = "node_type:kubenurse_attempts:increase2m";

/** What one node sees of the others, what they see of it, and how its agent is. */
export function node(): Dashboard {
  const dashboard = frame(
    "kubenurse / node",
    "kubenurse-node",
    "What one node sees, how the others see it, and how its agent is.",
  ).withVariable(nodeVariable());
  const numbers = [
    number(
      {
        title: "Neighbours that can't reach it",
        description: "Share of the agents that check this node.",
        queries: { share: 'node:kubenurse_unreachable:ratio{node="$node"} or vector(0)' },
        unit: "percentunit",
      },
      0.01,
    ),
    number({
      title: "Checked by",
      description: "Agents that checked this one in the last minute, as it counts them itself.",
      queries: { agents: 'max(kubenurse_neighbourhood_incoming_checks{node="$node"})' },
    }),
    number({
      title: "Known peers",
      description: "Agents on other nodes that this one knows of.",
      queries: { peers: 'max(kubenurse_peers{node="$node"})' },
    }),
    word({
      title: "Zone",
      description: "The node's zone.",
      queries: { "{{zone}}": 'kubenurse:node_zone{node="$node"}' },
    }),
    word({
      title: "Version",
      description: "Of the agent.",
      queries: { "{{version}}": 'kubenurse_build_info{node="$node"}' },
    }),
    number(
      {
        title: "Age of its list of peers",
        description: "0 while the API server confirms it.",
        queries: { age: 'max(kubenurse_discovery_stale_seconds{node="$node"})' },
        unit: "s",
      },
      60,
    ),
  ];
  const details = [
    graph({
      title: "From here: failing attempts by layer",
      description: "Share of the node's attempts that failed. A single failure is left out.",
      queries: { "{{check}}": 'node_check:kubenurse_failures:ratio2m{node="$node"}' },
      unit: "percentunit",
    }),
    graph({
      title: "To here: failing attempts by neighbour",
      description: "Share of each neighbour's attempts on this node that failed.",
      queries: {
        "{{node}}":
          `sum by (node) (${errors}{type="path_$node"}) / sum by (node) (${attempts}{type="path_$node"}) ` +
          `or 0 * sum by (node) (${attempts}{type="path_$node"})`,
      },
      unit: "percentunit",
    }),
    graph({
      title: "From here: failures by step",
      description: "Failures of the last two minutes, by check and the step that failed.",
      queries: { "{{type}} {{event}}": `${errors}{node="$node"} > 0` },
    }),
    graph({
      title: "From here: response times",
      description: "Median of the last minute by check; in lean detail, all neighbours are one.",
      queries: { "{{type}}": 'avg by (type) (kubenurse_request_duration{node="$node", quantile="0.5"})' },
      unit: "s",
    }),
    graph({
      title: "From here: slowest answers",
      description: "The slowest hundredth of the last minute by check.",
      queries: { "{{type}}": 'avg by (type) (kubenurse_request_duration{node="$node", quantile="0.99"})' },
      unit: "s",
    }),
    graph({
      title: "To here: response times",
      description:
        "Median of the last minute by neighbour. Empty in lean detail, which does not tell neighbours apart.",
      queries: {
        "{{node}}": 'avg by (node) (kubenurse_request_duration{type="path_$node", quantile="0.5"})',
      },
      unit: "s",
    }),
    graph({
      title: "Agent: delay of its event loop",
      description: "What a late agent measures is its own delay, so it discards such readings.",
      queries: {
        "99 %":
          'histogram_quantile(0.99, sum by (le) (rate(kubenurse_event_loop_delay_seconds_bucket{node="$node"}[$__rate_interval])))',
        "50 %":
          'histogram_quantile(0.5, sum by (le) (rate(kubenurse_event_loop_delay_seconds_bucket{node="$node"}[$__rate_interval])))',
      },
      unit: "s",
    }),
    graph({
      title: "Agent: discarded checks",
      description: "Checks a second that say nothing about the network, and why.",
      queries: {
        "{{why}}": 'sum by (why) (rate(kubenurse_discarded_checks_total{node="$node"}[$__rate_interval]))',
      },
      unit: "cps",
    }),
    graph({
      title: "Agent: throttled",
      description:
        "Share of the scheduler's periods in which the agent had used up its CPU limit. Empty without a limit.",
      queries: {
        throttled:
          'sum(rate(kubenurse_cpu_throttled_periods_total{node="$node"}[$__rate_interval])) / sum(rate(kubenurse_cpu_periods_total{node="$node"}[$__rate_interval]))',
      },
      unit: "percentunit",
    }),
    graph({
      title: "Agent: memory",
      description: "Resident, and the part of it that is backed by no file.",
      queries: {
        resident: 'sum(process_resident_memory_bytes{node="$node", job=~".*kubenurse.*"})',
        anonymous: 'sum(process_resident_memory_anon_bytes{node="$node", job=~".*kubenurse.*"})',
      },
      unit: "bytes",
    }),
  ];
  for (const panel of [...numbers, ...details]) dashboard.withPanel(panel);
  return dashboard.build();
}
