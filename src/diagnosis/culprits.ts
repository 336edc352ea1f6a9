import { type Component, componentName, type Layer } from "./finding.ts";
import { type Graph, layers } from "./graph.ts";
import { pairWays } from "./pairWays.ts";
import type { Health } from "./report.ts";
import type { Verdict } from "./verdict.ts";
import type { Window } from "./windows.ts";

/** A component as the localiser suspects it, by names that outlive its graph. */
export interface NamedSuspect {
  readonly component: Component;
  readonly layer: Layer;
  readonly loss: number;
}

/** What the verdicts of one window mean, as people would name it. */
export interface Culprit {
  /** The same for the directions and sides of one fault, so that a finding stays one while its picture gets sharper. */
  readonly key: string;
  readonly component: Component;
  readonly layer: Layer;
  readonly suspects: readonly NamedSuspect[];
  readonly verdicts: readonly Verdict[];
  readonly tied: readonly Component[];
}

/** An agent in such a state is not judged by what it saw, nor by how others saw it. */
const unfit = { loopDelaySeconds: 1, throttledShare: 0.25, discardedShare: 0.5 };

/**
 * Puts the verdicts of one node together, and tells a broken node from a broken direction, pod network or agent; of a pair, both ways. `silent`
 * are the nodes whose agent should report and does not.
 */
export function culpritsOf(
  window: Window,
  verdicts: readonly Verdict[],
  silent: ReadonlySet<string>,
): readonly Culprit[] {
  const { graph } = window;
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const { component, layer } = nameOf(graph, verdict);
    const key = keyOf(component, layer);
    groups.set(key, [...(groups.get(key) ?? []), verdict]);
  }
  return [...groups].map(([key, group]) => {
    const suspects = group.map((verdict) => nameOf(graph, verdict));
    const rivals = group.flatMap((verdict) => verdict.tied.map((rival) => nameOf(graph, rival).component));
    const { component, layer } = namedTogether(suspects, silent, window);
    const [way = component, ...others] = pairWays(window, group);
    const tied = [...others, ...rivals];
    return { key, component: way, layer, suspects, verdicts: group, tied };
  });
}

/** Whether an agent says of itself that it is in no state to judge others. */
export function isUnfit(health: Health | undefined): boolean {
  if (health === undefined) return false;
  return (
    !health.selfReachable ||
    health.loopDelaySeconds > unfit.loopDelaySeconds ||
    health.throttledShare > unfit.throttledShare ||
    health.discardedShare > unfit.discardedShare
  );
}

function nameOf(
  graph: Graph,
  { place, layer, loss = 0 }: { place: number; layer: number; loss?: number },
): NamedSuspect {
  const component = graph.places[place];
  const named = layers[layer];
  if (component === undefined || named === undefined) throw new Error(`the graph has no place ${place}`);
  return { component, layer: named, loss };
}

/** The same for whatever a node is said to have as a whole: a fault that gets clearer keeps its key. */
export function keyOf(component: Component, layer: Layer): string {
  const suspect = suspectOf(component, layer);
  if (isNodes(suspect.component) && isWhole(layer)) return `node ${suspect.component.node}`;
  const name = component.kind === "pair" ? nodesOf(component).toSorted().join(" ") : componentName(component);
  return `${component.kind} ${name} ${isWhole(layer) ? "any" : layer}`;
}

/** The key of a node as a whole, where a component is a part of one. */
export function wholeKeyOf(component: Component): string | undefined {
  return "node" in component ? keyOf({ kind: "node", node: component.node }, "any") : undefined;
}

/** What the localiser suspects when this is named. */
export function suspectOf(component: Component, layer: Layer): Omit<NamedSuspect, "loss"> {
  if (component.kind !== "overlay" && component.kind !== "agent") return { component, layer };
  return { component: { kind: "node", node: component.node }, layer };
}

/** The nodes by whose names a component goes. */
export function nodesOf(component: Component): readonly string[] {
  if (component.kind === "pair") return [component.from, component.to];
  return "node" in component ? [component.node] : [];
}

function isNodes(component: Component): component is Component & { kind: "node" | "in" | "out" } {
  return component.kind === "node" || component.kind === "in" || component.kind === "out";
}

/** Datagrams tell of a fault seconds before connections do, so that they begin the same case. */
function isWhole(layer: Layer): boolean {
  return layer === "any" || layer === "pod" || layer === "udp" || layer === "dns_udp";
}

function namedTogether(
  suspects: readonly NamedSuspect[],
  silent: ReadonlySet<string>,
  window: Window,
): Pick<Culprit, "component" | "layer"> {
  const first = suspects[0];
  if (first === undefined) throw new Error("a culprit needs a suspect");
  const { component } = first;
  const named = suspects.map((suspect) => suspect.layer);
  // One way may not have tested the nodes' own addresses yet, by which the other knows.
  const layer =
    component.kind === "pair" && named.includes("pod")
      ? widest(named.filter((one) => one !== "any"))
      : widest(named);
  if (!isNodes(component) || !isWhole(layer)) return { component, layer };
  const { node } = component;
  if (isMostlyUnfit(window, node)) return { component: { kind: "agent", node }, layer: "any" };
  const kinds = new Set(suspects.map((suspect) => suspect.component.kind));
  const both = kinds.has("node") || (kinds.has("in") && kinds.has("out"));
  if (!both && !(kinds.has("in") && silent.has(node))) return { component, layer };
  return { component: { kind: layer === "pod" ? "overlay" : "node", node }, layer };
}

/** One stall tells nothing of what failed before and after it. */
function isMostlyUnfit({ parts }: Window, node: string): boolean {
  const said = parts.flatMap(({ health }) => health.get(node) ?? []);
  return 2 * said.filter(isUnfit).length > said.length;
}

/** What holds for all of the layers. */
function widest(all: readonly Layer[]): Layer {
  const [first = "any"] = all;
  return all.every((layer) => layer === first) ? first : "any";
}
