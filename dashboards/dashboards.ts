import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { checkType } from "./checkType.ts";
import { node } from "./node.ts";
import { overview } from "./overview.ts";

/** All dashboards, by the names of their files. They need the rules of chart/files/rules.yaml. */
export function dashboards(): Record<string, Dashboard> {
  return { "kubenurse-overview": overview(), "kubenurse-node": node(), "kubenurse-check": checkType() };
}
