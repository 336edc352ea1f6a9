import { dashboards } from "../../dashboards/dashboards.ts";

export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  /** With the values of the dashboard's variables in their places. */
  readonly expression: string;
}

/** Every query of every dashboard. */
export function panelQueries(variables: Readonly<Record<string, string>>): PanelQuery[] {
  return Object.entries(dashboards()).flatMap(([dashboard, { panels = [] }]) =>
    panels.flatMap((panel) =>
      ("targets" in panel ? (panel.targets ?? []) : []).map((target) => ({
        ...{ dashboard, panel: panel.title ?? "" },
        expression: fillIn((target as { expr?: string }).expr ?? "", variables),
      })),
    ),
  );
}

function fillIn(expression: string, variables: Readonly<Record<string, string>>): string {
  return expression.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`no dashboard sets $${name}: ${expression}`);
    return value;
  });
}
