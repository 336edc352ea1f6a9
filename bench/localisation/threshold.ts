import type { Component } from "../../src/diagnosis/finding.ts";
import { badOf, type Flow, type Report } from "../../src/diagnosis/report.ts";

/** A plain rule on the same readings, as alert rules have it: a target is bad when three agents saw it fail in more than half of its tests, twice in a row. */
export function createThreshold(): {
  judge(reports: readonly Report[]): readonly { component: Component }[];
} {
  let before = new Set<string>();
  return {
    judge(reports) {
      const failing = new Map<string, { component: Component; reporters: Set<string> }>();
      for (const { node, flows } of reports) {
        for (const flow of flows) {
          const component = componentOf(flow);
          if (component === undefined || badOf(flow) <= flow.good) continue;
          const key = JSON.stringify(component);
          const one = failing.get(key) ?? { component, reporters: new Set() };
          failing.set(key, one);
          one.reporters.add(node);
        }
      }
      const bad = [...failing].filter(([, { reporters }]) => reporters.size >= 3);
      const both = bad.filter(([key]) => before.has(key));
      before = new Set(bad.map(([key]) => key));
      return both.map(([, { component }]) => ({ component }));
    },
  };
}

/** What a rule for each check would name. */
function componentOf({ target }: Flow): Component | undefined {
  switch (target.kind) {
    case "node":
      return { kind: "node", node: target.node };
    case "dns_pod":
      return { kind: "dns", pod: target.pod };
    case "dns_service":
    case "lookup":
      return { kind: "cluster_dns" };
    case "ingress":
      return { kind: "ingress" };
    case "api_server":
      return { kind: "apiserver", endpoint: target.endpoint ?? 0 };
    case "service":
      return { kind: "endpoint", name: `service ${target.via}` };
    default:
      return undefined;
  }
}
