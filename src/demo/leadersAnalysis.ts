import type { AnalysisView } from "../diagnosis/view.ts";
import type { DemoNode } from "./node.ts";

/** What the agent that leads at the moment has found; undefined where none does. */
export function leadersAnalysis(nodes: readonly DemoNode[]): AnalysisView | undefined {
  const leader = nodes.find(
    ({ state, diagnosis }) => state === "running" && diagnosis?.leadership().state === "self",
  );
  return leader?.diagnosis?.analysis();
}
