import type { Suspect } from "./candidates.ts";
import type { Graph } from "./graph.ts";

/** A flow that crosses a suspect, and how likely each of its probes does; negative where it is only likely to. */
export interface FlowAcross {
  readonly flow: number;
  readonly weight: number;
}

/** All flows that cross a suspect, whether they failed or not. */
export function flowsAcross(graph: Graph, suspect: Suspect): readonly FlowAcross[] {
  const found: FlowAcross[] = [];
  eachAcross(graph, suspect, (flow, weight) => found.push({ flow, weight }));
  return found;
}

/** The same, flow by flow. */
export function eachAcross(
  graph: Graph,
  { place, layer }: Suspect,
  visit: (flow: number, weight: number) => void,
): void {
  const { edgeFlow, edgeWeight, nextEdge, layerMask, far, nodeNames } = graph.tables();
  const component = graph.places[place];
  const pair = component?.kind === "pair" ? component : undefined;
  // Whatever goes from one node to another leaves the one.
  const crossed = pair === undefined ? place : graph.place({ kind: "out", node: pair.from });
  for (let edge = graph.lastEdgeAt(crossed); edge >= 0; edge = nextEdge[edge] ?? -1) {
    const flow = edgeFlow[edge] ?? 0;
    if (((layerMask[flow] ?? 0) & (1 << layer)) === 0) continue;
    if (pair === undefined) visit(flow, edgeWeight[edge] ?? 0);
    else if (nodeNames[far[flow] ?? -1] === pair.to) visit(flow, 1);
  }
}
