import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { graph, number, table } from "./panels.ts";

const firing = 'ALERTS{alertname=~"Kubenurse.+", alertstate="firing"}';
const failures = "node_check:kubenurse_failures:ratio2m";

/** Is the network fine; and if not, which node, zone and check is not. */
export function overview(): Dashboard {
  const dashboard = frame(
    "kubenurse / overview",
    "kubenurse-overview",
    "Is the network fine? Which node, zone or check is not?",
  );
  const numbers = [
    number(
      {
        title: "Alerts",
        description: "Alerts of kubenurse that fire now.",
        queries: { alerts: `count(${firing}) or vector(0)` },
      },
      1,
    ),
    number({
      title: "Agents",
      description: "Agents that answer Prometheus.",
      queries: { agents: "count(kubenurse_build_info)" },
    }),
    number(
      {
        title: "Silent agents",
        description: "Agents that do not answer Prometheus.",
        queries: { silent: 'count(up{job=~".*kubenurse.*"} == 0) or vector(0)' },
      },
      1,
    ),
    number(
      {
        title: "Unreachable nodes",
        description: "Nodes that most of their neighbours can't reach.",
        queries: { nodes: "count(node:kubenurse_unreachable:ratio > 0.5) or vector(0)" },
      },
      1,
    ),
    number(
      {
        title: "Failed checks",
        description: "Share of all attempts of the last two minutes.",
        queries: {
          failed:
            "(sum(node_type_event:kubenurse_errors:increase2m) or vector(0)) / sum(node_type:kubenurse_attempts:increase2m)",
        },
        unit: "percentunit",
      },
      0.01,
    ),
    number({
      title: "Least checked node",
      description: "Number of agents that checked it in the last minute.",
      queries: { agents: "min(kubenurse_neighbourhood_incoming_checks)" },
    }),
  ];
  const details = [
    table({
      title: "What fires",
      description: "Each alert has a page under docs/runbooks.",
      queries: { alerts: `group by (alertname, severity, node, zone) (${firing})` },
    }),
    graph({
      title: "Failing attempts by layer",
      description:
        "Mean over all nodes of the share of attempts that failed in a layer. A single failure of a node is left out.",
      queries: { "{{check}}": `avg by (check) (${failures})` },
      unit: "percentunit",
    }),
    graph({
      title: "Failing paths by zone",
      description: "Share of the attempts on neighbours that failed, by the zone of the node that checks.",
      queries: {
        "{{zone}}": `avg by (zone) (${failures}{check="path"} * on (node) group_left (zone) kubenurse:node_zone)`,
      },
      unit: "percentunit",
    }),
    graph({
      title: "Hardly reachable nodes",
      description: "The ten nodes that the largest shares of their neighbours can't reach.",
      queries: { "{{node}}": "topk(10, node:kubenurse_unreachable:ratio)" },
      unit: "percentunit",
    }),
    graph({
      title: "Nodes with the most failures",
      description: "The ten worst pairs of node and layer.",
      queries: { "{{node}} {{check}}": `topk(10, ${failures} > 0)` },
      unit: "percentunit",
    }),
    graph({
      title: "Response times",
      description: "Median of each agent's last minute, averaged over all agents.",
      queries: {
        "{{type}}": 'avg by (type) (kubenurse_request_duration{quantile="0.5", type!~"path.*"})',
        neighbours: 'avg(kubenurse_request_duration{quantile="0.5", type=~"path.*"})',
      },
      unit: "s",
    }),
    graph({
      title: "Slowest nodes",
      description:
        "The ten nodes with the slowest hundredth of answers from neighbours, over the last minute.",
      queries: {
        "{{node}}": 'topk(10, avg by (node) (kubenurse_request_duration{quantile="0.99", type=~"path.*"}))',
      },
      unit: "s",
    }),
    graph({
      title: "Discarded checks",
      description: "Checks a second that say nothing about the network, and why.",
      queries: { "{{why}}": "sum by (why) (rate(kubenurse_discarded_checks_total[$__rate_interval]))" },
      unit: "cps",
    }),
  ];
  for (const panel of [...numbers, ...details]) dashboard.withPanel(panel);
  return dashboard.build();
}
