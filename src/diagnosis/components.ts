import type { ProbeKind } from "../probes/reading.ts";
import type { Component, ComponentKind, Layer } from "./finding.ts";
import type { Target } from "./report.ts";
import type { Topology } from "./topology.ts";

/** A component that a flow's probes cross. */
export interface Crossing {
  readonly component: Component;
  /** How likely one probe crosses it: 1 on a known way, 1/E for one of the E endpoints that a Service chooses from. */
  readonly weight: number;
  /** A way that is only likely, as over a cache: it may explain failures, and successes do not speak against it. */
  readonly likely?: true;
}

/** What a flow's probes cross, and which layers of it. */
export interface Way {
  readonly crossings: readonly Crossing[];
  readonly layers: readonly Layer[];
  /** The node at the other end, where there is one; the way between both is a component, too. */
  readonly farNode?: string;
}

/** The layers in which a component can be broken alone. */
export const brokenLayers: Readonly<Record<ComponentKind, readonly Layer[]>> = {
  node: ["any", "pod", "large", "udp", "dns_udp", "dns_tcp"],
  in: ["any", "pod"],
  out: ["any", "pod", "dns_udp", "dns_tcp"],
  zones: ["any", "large", "udp"],
  pair: ["any", "pod", "large", "udp"],
  proxy: ["any", "udp", "kept_port"],
  dns: ["any", "dns_udp", "dns_tcp"],
  cluster_dns: ["any", "dns_udp", "dns_tcp"],
  external_dns: ["any"],
  nodelocaldns: ["any", "dns_udp", "dns_tcp"],
  ingress: ["any"],
  apiserver: ["any"],
  endpoint: ["any"],
  // Said by what are told apart otherwise: the node with its pods alone, and the agent's own health.
  overlay: [],
  agent: [],
};

/** With more endpoints, one of them hardly shows in what a Service's flows lose. */
const mostEndpoints = 32;

/** The way of a probe from the agent on `source`. */
export function wayOf(source: string, probe: ProbeKind, target: Target, topology: Topology): Way {
  const from = leaving(source);
  switch (target.kind) {
    case "node": {
      const { node } = target;
      return {
        crossings: [...from, ...arriving(source, node, 1, topology)],
        layers: layersOfProbe[probe],
        farNode: node,
      };
    }
    case "dns_pod": {
      const { pod, node, transport } = target;
      const server: Crossing = { component: { kind: "dns", pod }, weight: 1 };
      const layers = layersOfDns[transport];
      if (node === source) return { crossings: [server, clusterDns], layers };
      const to = node === undefined ? [] : arriving(source, node, 1, topology);
      const far = node === undefined ? {} : { farNode: node };
      return { crossings: [...from, ...to, server, clusterDns], layers, ...far };
    }
    case "dns_service":
      return {
        crossings: [...from, proxyOf(source), clusterDns, ...dnsPods(source, topology)],
        layers: layersOfDns[target.transport],
      };
    case "dns_resolver":
      return {
        crossings: [resolverOf(source), ...[...from, clusterDns, ...dnsPods(source, topology)].map(likely)],
        layers: layersOfDns[target.transport],
      };
    case "lookup":
      if (target.name === "external") return externalDns(source, topology);
      return {
        crossings: unique([...throughResolver(source), ...throughDns(source, topology)]),
        layers: layersOfDns.udp,
      };
    case "dns_external":
      return externalDns(source, topology);
    case "service": {
      const proxy = target.via === "kept" ? likely(proxyOf(source)) : proxyOf(source);
      const pool = target.via === "address" ? [anyEndpoint] : [];
      const layers = target.via === "new" ? layersByName : layersOfProbe.service;
      return { crossings: unique([...from, proxy, ...pool, ...serviceEndpoints(source, topology)]), layers };
    }
    case "ingress": {
      const ingress: Crossing = { component: { kind: "ingress" }, weight: 1 };
      return { crossings: [ingress, ...from.map(likely)], layers: layersByName };
    }
    case "api_server":
      return {
        crossings: toApiServer(source, target, topology),
        layers: target.via === "name" ? layersByName : ["any"],
      };
    case "extra": {
      const checked: Crossing = { component: { kind: "endpoint", name: target.name }, weight: 1 };
      return { crossings: [checked, ...[...from, proxyOf(source)].map(likely)], layers: ["any"] };
    }
    // Whoever can't reach himself is no witness: his health says so.
    case "self":
      return { crossings: [], layers: [] };
  }
}

/** What rotated visits that succeeded crossed at their own end. */
export function visitsFrom(node: string): Way {
  return { crossings: leaving(node), layers: layersOfProbe.http };
}

/** What rotated visits that succeeded crossed from the border of their own zone. */
export function visitsTo(node: string, fromZone: string, topology: Topology): Way {
  return {
    crossings: [
      { component: { kind: "node", node }, weight: 1 },
      { component: { kind: "in", node }, weight: 1 },
      ...between(fromZone, node, 1, topology),
    ],
    layers: layersOfProbe.http,
  };
}

/** What may explain that the Service did not lead `source` to one of its pods. */
export function unreachedCrossings(source: string, pod: string, topology: Topology): readonly Crossing[] {
  const node = topology.agents.get(pod);
  const to = node === undefined || node === source ? [] : arriving(source, node, 1, topology);
  const endpoint: Crossing = { component: { kind: "endpoint", name: pod }, weight: 1 };
  return [endpoint, ...to].map(likely);
}

const layersOfProbe: Readonly<Record<ProbeKind, readonly Layer[]>> = {
  http: ["any", "pod"],
  udp: ["any", "pod", "udp"],
  payload: ["any", "pod", "large"],
  // To the node's own address.
  tcp: ["any"],
  dns: ["any", "pod"],
  lookup: ["any", "pod"],
  service: ["any", "pod"],
};

/** Whatever is asked by its name needs DNS first. */
const layersByName = ["any", "pod", "udp", "dns_udp"] as const;

const layersOfDns = {
  udp: ["any", "pod", "udp", "dns_udp"],
  tcp: ["any", "pod", "dns_tcp"],
  kept_port: ["any", "pod", "udp", "dns_udp", "kept_port"],
} as const;

/** The successes of all endpoints' tests speak against each endpoint that one agent alone does not reach. */
export const anyEndpoint: Crossing = { component: { kind: "endpoint", name: "" }, weight: 1 };

const clusterDns: Crossing = { component: { kind: "cluster_dns" }, weight: 1 };

function leaving(node: string): readonly Crossing[] {
  return [
    { component: { kind: "node", node }, weight: 1 },
    { component: { kind: "out", node }, weight: 1 },
  ];
}

function arriving(source: string, node: string, weight: number, topology: Topology): readonly Crossing[] {
  return [
    { component: { kind: "node", node }, weight },
    { component: { kind: "in", node }, weight },
    ...between(topology.zones.get(source) ?? "", node, weight, topology),
  ];
}

/** The way from a zone to that of a node; none where only one pair of nodes uses it, since the pair is named then. */
function between(from: string, node: string, weight: number, topology: Topology): readonly Crossing[] {
  const to = topology.zones.get(node) ?? "";
  const [here, there] = [from, to].map((zone) => topology.smallZones.get(zone));
  const isOfOnePair = from === to ? here === 2 : here === 1 && there === 1;
  return isOfOnePair ? [] : [{ component: { kind: "zones", from, to }, weight }];
}

function proxyOf(node: string): Crossing {
  return { component: { kind: "proxy", node }, weight: 1 };
}

function resolverOf(node: string): Crossing {
  return { component: { kind: "nodelocaldns", node }, weight: 1 };
}

function dnsPods(source: string, topology: Topology): readonly Crossing[] {
  if (topology.dnsPods.size > mostEndpoints) return [];
  const weight = 1 / topology.dnsPods.size;
  return unique(
    [...topology.dnsPods].flatMap(([pod, node]) => [
      { component: { kind: "dns", pod } as const, weight },
      ...(node === undefined || node === source ? [] : arriving(source, node, weight, topology)),
    ]),
  );
}

function serviceEndpoints(source: string, topology: Topology): readonly Crossing[] {
  const { agents, zones } = topology;
  const from = zones.get(source) ?? "";
  if (agents.size > mostEndpoints) {
    return [...topology.agentShares].map(([to, weight]) => ({
      component: { kind: "zones", from, to },
      weight,
    }));
  }
  const others = [...agents.values()].filter((node) => node !== source);
  return others.flatMap((node) => arriving(source, node, 1 / agents.size, topology));
}

/** What may explain that a name was not resolved: the system's resolver caches, asks again and may be a node's own. */
export function throughDns(source: string, topology: Topology): readonly Crossing[] {
  return unique(
    [...leaving(source), resolverOf(source), clusterDns, proxyOf(source), ...dnsPods(source, topology)].map(
      likely,
    ),
  );
}

/** What a name that was resolved surely came through; the resolver hides much of what is lost further on. */
export function throughResolver(source: string): readonly Crossing[] {
  return [clusterDns, resolverOf(source)];
}

function externalDns(source: string, topology: Topology): Way {
  return {
    crossings: [{ component: { kind: "external_dns" }, weight: 1 }, ...throughDns(source, topology)],
    layers: layersOfDns.udp,
  };
}

function toApiServer(
  source: string,
  { via, endpoint }: Extract<Target, { kind: "api_server" }>,
  topology: Topology,
): readonly Crossing[] {
  const from = leaving(source);
  const server = (place: number, weight: number): Crossing => ({
    component: { kind: "apiserver", endpoint: place },
    weight,
  });
  if (via === "endpoint") return [...from, server(endpoint ?? 1, 1)];
  const count = Math.max(1, topology.apiServers);
  const servers = Array.from({ length: count }, (_, index) => server(index + 1, 1 / count));
  const proxy = via === "kept" ? likely(proxyOf(source)) : proxyOf(source);
  return [...from, proxy, ...servers];
}

function likely(crossing: Crossing): Crossing {
  return { ...crossing, likely: true };
}

/** Each component once; a sure crossing goes before a likely one, and of several weights their sum up to 1. */
function unique(crossings: readonly Crossing[]): readonly Crossing[] {
  const found = new Map<string, Crossing>();
  for (const crossing of crossings) {
    const key = JSON.stringify(crossing.component);
    const known = found.get(key);
    if (known === undefined) found.set(key, crossing);
    else if (known.likely === crossing.likely) {
      found.set(key, { ...known, weight: Math.min(1, known.weight + crossing.weight) });
    }
  }
  return [...found.values()];
}
