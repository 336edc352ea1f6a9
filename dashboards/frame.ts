import {
  CustomVariableBuilder,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";

/** An empty dashboard with what all have in common: the data source to choose, and links to the others. */
export function frame(title: string, uid: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(["kubenurse"])
    .time({ from: "now-1h", to: "now" })
    .refresh("30s")
    .link(
      new DashboardLinkBuilder("kubenurse")
        .type(DashboardLinkType.Dashboards)
        .tags(["kubenurse"])
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
}

export function nodeVariable(): QueryVariableBuilder {
  return new QueryVariableBuilder("node")
    .label("Node")
    .datasource({ type: "prometheus", uid: "$datasource" })
    .query("label_values(kubenurse:node_zone, node)")
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

/** Neighbours are one check; the name of an extra check can be typed in. */
export function typeVariable(): CustomVariableBuilder {
  return new CustomVariableBuilder("type")
    .label("Check")
    .values("me_service, me_ingress, api_server_direct, api_server_dns, neighbours : path(_.+)?")
    .current({ text: "me_service", value: "me_service" })
    .allowCustomValue(true);
}
