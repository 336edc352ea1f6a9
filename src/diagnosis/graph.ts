import type { ProbeKind } from "../probes/reading.ts";
import { type Crossing, visitsFrom, visitsTo, type Way, wayOf } from "./components.ts";
import type { Component, ComponentKind, Layer } from "./finding.ts";
import { createNumbers } from "./numbers.ts";
import type { Flow, Target } from "./report.ts";
import type { Topology } from "./topology.ts";

/** The flow of a graph, as people know it; absent for rotated visits that succeeded, which are summed up. */
export interface FlowName {
  readonly node: string;
  readonly probe: ProbeKind;
  readonly target: Target;
}

/**
 * Which flows cross which components, in numbers: a flow's place in here is its number for as long as the graph lives, and so is a component's.
 * Built once and read for each analysis, since a cluster of 15,000 nodes has 600,000 flows.
 */
export interface Graph {
  readonly topology: Topology;
  /** The number of a flow that an agent reported; it is made when it is new. */
  flow(node: string, flow: Pick<Flow, "probe" | "target">): number;
  /** The numbers of the two halves to which a rotated visit that succeeded counts. */
  visit(node: string, target: string): readonly [from: number, to: number];
  readonly flows: number;
  /** Whether a flow begins or ends at a node. */
  has(node: string): boolean;
  nameOf(flow: number): FlowName | undefined;
  /** The number of a component; it is made when it is new. */
  place(component: Component): number;
  readonly places: readonly Component[];
  /** The number of the way between the two nodes of a flow; absent where it has one node only. */
  pairPlace(flow: number): number | undefined;
  /** The latest edge of a component, from which `nextEdge` leads to the others; -1 for none. */
  lastEdgeAt(place: number): number;
  /** How many components of a kind there are. */
  count(kind: ComponentKind): number;
  /** Numbers for the analysis; valid until a flow is made. */
  tables(): Tables;
}

/** Of each flow: where its edges begin and end, its layers, family, source and far end. Of each edge: flow, place and weight. */
interface Tables {
  readonly edgeStart: Int32Array;
  readonly edgeFlow: Int32Array;
  readonly edgePlace: Int32Array;
  /** Of each edge, the one before it of the same place; -1 for none. */
  readonly nextEdge: Int32Array;
  /** Negative where the flow crosses the place only likely. */
  readonly edgeWeight: Float32Array;
  /** Bit n is the layer at place n of `layers`. */
  readonly layerMask: Uint8Array;
  readonly family: Uint8Array;
  readonly source: Int32Array;
  /** -1 where there is no node at the other end. */
  readonly far: Int32Array;
  readonly nodeNames: readonly string[];
}

export const layers: readonly Layer[] = ["any", "pod", "large", "udp", "dns_udp", "dns_tcp", "kept_port"];

/** Flows of a family lose about as much as each other while all is well. */
export const families = [
  ...["http", "udp", "payload", "tcp", "dns", "lookup", "service"],
  ...["dns_service", "ingress", "api_server", "extra", "external"],
] as const;

export function layerMaskOf(all: readonly Layer[]): number {
  return all.reduce((mask, layer) => mask | (1 << layers.indexOf(layer)), 0);
}

export function createGraph(topology: Topology): Graph {
  const bySource = new Map<string, Map<string, number>>();
  const names: (FlowName | undefined)[] = [];
  const nodes = new Map<string, number>();
  const nodeNames: string[] = [];
  const placeNumbers = new Map<string, number>();
  const places: Component[] = [];
  const counts = new Map<ComponentKind, number>();
  const edgeStart = createNumbers((length) => new Int32Array(length));
  const edgeFlow = createNumbers((length) => new Int32Array(length));
  const edgePlace = createNumbers((length) => new Int32Array(length));
  const nextEdge = createNumbers((length) => new Int32Array(length));
  const lastEdges: number[] = [];
  const edgeWeight = createNumbers((length) => new Float32Array(length));
  const layerMask = createNumbers((length) => new Uint8Array(length));
  const family = createNumbers((length) => new Uint8Array(length));
  const source = createNumbers((length) => new Int32Array(length));
  const far = createNumbers((length) => new Int32Array(length));
  const pairs = new Map<number, number>();
  edgeStart.push(0);

  const nodeNumber = (node: string) => {
    const known = nodes.get(node);
    if (known !== undefined) return known;
    nodes.set(node, nodeNames.length);
    return nodeNames.push(node) - 1;
  };
  const place = (component: Component) => {
    const key = keyOf(component);
    const known = placeNumbers.get(key);
    if (known !== undefined) return known;
    placeNumbers.set(key, places.length);
    counts.set(component.kind, (counts.get(component.kind) ?? 0) + 1);
    lastEdges.push(-1);
    return places.push(component) - 1;
  };
  const addEdge = (flow: number, { component, weight, likely }: Crossing) => {
    const crossed = place(component);
    nextEdge.push(lastEdges[crossed] ?? -1);
    lastEdges[crossed] = edgePlace.length;
    edgeFlow.push(flow);
    edgePlace.push(crossed);
    edgeWeight.push(likely ? -weight : weight);
  };
  const numberOf = (node: string, key: string, make: () => NewFlow) => {
    const own = bySource.get(node) ?? new Map<string, number>();
    bySource.set(node, own);
    const known = own.get(key);
    if (known !== undefined) return known;
    const { name, way, familyName } = make();
    own.set(key, names.length);
    for (const crossing of way.crossings) addEdge(names.length, crossing);
    edgeStart.push(edgePlace.length);
    layerMask.push(layerMaskOf(way.layers));
    family.push(families.indexOf(familyName));
    source.push(nodeNumber(node));
    far.push(way.farNode === undefined ? -1 : nodeNumber(way.farNode));
    return names.push(name) - 1;
  };

  return {
    topology,
    flow: (node, { probe, target }) =>
      numberOf(node, flowKey(probe, target), () => ({
        name: { node, probe, target },
        way: wayOf(node, probe, target, topology),
        familyName: familyOf(probe, target),
      })),
    visit(node, target) {
      const zone = topology.zones.get(node) ?? "";
      const half = (way: Way): NewFlow => ({ name: undefined, way, familyName: "http" });
      return [
        numberOf(node, "visits", () => half(visitsFrom(node))),
        numberOf(`zone ${zone}`, target, () => half(visitsTo(target, zone, topology))),
      ];
    },
    get flows() {
      return names.length;
    },
    has: (node) => nodes.has(node),
    nameOf: (flow) => names[flow],
    place,
    places,
    pairPlace(flow) {
      const known = pairs.get(flow);
      if (known !== undefined) return known;
      const from = nodeNames[source.values()[flow] ?? -1];
      const to = nodeNames[far.values()[flow] ?? -1];
      if (from === undefined || to === undefined) return undefined;
      const pair = place({ kind: "pair", from, to });
      pairs.set(flow, pair);
      return pair;
    },
    lastEdgeAt: (place) => lastEdges[place] ?? -1,
    count: (kind) => counts.get(kind) ?? 0,
    tables: () => ({
      edgeStart: edgeStart.values(),
      edgeFlow: edgeFlow.values(),
      edgePlace: edgePlace.values(),
      nextEdge: nextEdge.values(),
      edgeWeight: edgeWeight.values(),
      layerMask: layerMask.values(),
      family: family.values(),
      source: source.values(),
      far: far.values(),
      nodeNames,
    }),
  };
}

/** Of each flow of one graph that is alive, its number in another; -1 for others, and for what is summed up. */
export function renumber(from: Graph, to: Graph, isAlive: (flow: number) => boolean): Int32Array {
  return Int32Array.from({ length: from.flows }, (_, flow) => {
    const name = from.nameOf(flow);
    return name === undefined || !isAlive(flow) ? -1 : to.flow(name.node, name);
  });
}

interface NewFlow {
  readonly name: FlowName | undefined;
  readonly way: Way;
  readonly familyName: (typeof families)[number];
}

function familyOf(probe: ProbeKind, target: Target): NewFlow["familyName"] {
  switch (target.kind) {
    case "ingress":
    case "api_server":
    case "extra":
    case "dns_service":
      return target.kind;
    case "dns_external":
      return "external";
    case "lookup":
      return target.name === "external" ? "external" : "lookup";
    case "service":
      return "service";
    default:
      return probe;
  }
}

/** Tells the targets of one agent's probes apart. */
export function flowKey(probe: ProbeKind, target: Target): string {
  switch (target.kind) {
    case "node":
      return `${probe} ${target.node}`;
    case "dns_pod":
      return `dns_pod ${target.pod} ${target.node ?? ""} ${target.transport}`;
    default:
      return `${probe} ${Object.values(target).join(" ")}`;
  }
}

/** Names can't hold a space. */
function keyOf(component: Component): string {
  return Object.values(component).join(" ");
}
