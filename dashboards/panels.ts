import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import { BigValueTextMode } from "@grafana/grafana-foundation-sdk/common";
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as HeatmapBuilder } from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";

/** What a panel shows. In a legend, `{{label}}` stands for the label's value. */
export interface Content {
  readonly title: string;
  readonly description: string;
  /** Queries by their legends. */
  readonly queries: Readonly<Record<string, string>>;
  /** A unit of Grafana's, such as `percentunit` or `s`. */
  readonly unit?: string;
}

export type AnyPanel = Builder<Panel>;

const width = { stat: 4, half: 12, whole: 24 };
const height = { stat: 4, graph: 8 };

/** Grey means nothing to judge; `bad` is the value from which on the number is red. */
export function number(content: Content, bad?: number): AnyPanel {
  const steps: Threshold[] = [{ value: null, color: bad === undefined ? "text" : "green" }];
  if (bad !== undefined) steps.push({ value: bad, color: "red" });
  return fill(new StatBuilder(), content, instant)
    .span(width.stat)
    .height(height.stat)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
}

/** Shows the legend, for what is a label and no number. */
export function word(content: Content): AnyPanel {
  return fill(new StatBuilder(), content, instant)
    .span(width.stat)
    .height(height.stat)
    .textMode(BigValueTextMode.Name);
}

export function graph(content: Content): AnyPanel {
  return fill(new TimeSeriesBuilder(), content, range)
    .span(width.half)
    .height(height.graph)
    .min(0)
    .fillOpacity(8);
}

/** One row for each series, one column for each label. */
export function table(content: Content): AnyPanel {
  return fill(new TableBuilder(), content, (legend, query) =>
    instant(legend, query).format(PromQueryFormat.Table),
  )
    .span(width.half)
    .height(height.graph);
}

/** How many answers fell into each bucket; the query must keep `le`. */
export function heatmap(content: Content): AnyPanel {
  return fill(new HeatmapBuilder(), content, (legend, query) =>
    range(legend, query).format(PromQueryFormat.Heatmap),
  )
    .span(width.whole)
    .height(height.graph);
}

interface Fillable {
  title(title: string): this;
  description(description: string): this;
  datasource(reference: { type: string; uid: string }): this;
  targets(targets: Builder<Dataquery>[]): this;
  unit(unit: string): this;
}

function fill<Panel extends Fillable>(
  panel: Panel,
  { title, description, queries, unit }: Content,
  toTarget: (legend: string, query: string) => DataqueryBuilder,
): Panel {
  const targets = Object.entries(queries).map(([legend, query], index) =>
    toTarget(legend, query).refId(String.fromCharCode(65 + index)),
  );
  panel.title(title).description(description).targets(targets);
  panel.datasource({ type: "prometheus", uid: "$datasource" });
  return unit === undefined ? panel : panel.unit(unit);
}

function range(legend: string, query: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(query).legendFormat(legend).range();
}

function instant(legend: string, query: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(query).legendFormat(legend).instant();
}
