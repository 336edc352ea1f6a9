import type { Component, ComponentKind } from "../../src/diagnosis/finding.ts";
import type { Cluster } from "./cluster.ts";

/** A packet on its way, as far as faults tell packets apart. Ends are places of nodes; absent is outside the cluster. */
export interface Packet {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly size: "small" | "large";
  readonly protocol: "tcp" | "udp";
  /** Whether it goes between pods or by the nodes' own addresses. */
  readonly network: "pod" | "node";
  readonly port: "agent" | "dns" | "other";
  /** Whether it opens a connection, or goes the way of one that is open. */
  readonly opens: boolean;
}

/** What is broken. What is absent works. */
export interface Fault {
  readonly kind: string;
  /** The share of such packets that is lost. */
  readonly loses?: (packet: Packet) => number;
  readonly dnsPodFails?: (pod: number, transport: "udp" | "tcp") => number;
  readonly apiServerFails?: (server: number) => number;
  readonly ingressFails?: number;
  /** Of the Service's endpoints, the share to which a node's dataplane does not lead. */
  readonly proxyFails?: (node: number) => number;
  /** The same of the agents' Service alone. */
  readonly serviceFails?: (node: number) => number;
  /** The agent can't report, or says that it is in no state to judge. */
  readonly silent?: readonly number[];
  readonly unfit?: readonly number[];
  /** The findings that are right; of each list one. */
  readonly truth: readonly (readonly Truth[])[];
}

export interface Truth {
  readonly kind: ComponentKind;
  readonly name: string;
  /** The causes that are right. */
  readonly causes: readonly string[];
}

type MakeFault = (cluster: Cluster, random: () => number) => Fault;

const nodeFault = (
  kind: string,
  [component, ...causes]: readonly [ComponentKind, ...string[]],
  build: (node: number) => Omit<Fault, "kind" | "truth">,
): MakeFault => {
  return (cluster, random) => {
    const node = Math.floor(random() * cluster.nodes.length);
    const { name = "" } = cluster.nodes[node] ?? {};
    return { kind, ...build(node), truth: [[{ kind: component, name, causes }]] };
  };
};
const touches = (node: number) => (packet: Packet) => packet.from === node || packet.to === node;
const share = (value: number, does: (packet: Packet) => boolean) => (packet: Packet) =>
  does(packet) ? value : 0;

const zoneFault =
  (kind: string, loss: number, [cause, causeOfPair]: readonly [string, string]): MakeFault =>
  ({ nodes }, random) => {
    const pairs = [
      ["zone-a", "zone-b"],
      ["zone-b", "zone-c"],
      ["zone-a", "zone-c"],
    ] as const;
    const [one, other] = pairs[Math.floor(random() * 3)] ?? pairs[0];
    const zoneOf = (node: number | undefined) => (node === undefined ? "" : nodes[node]?.zone);
    const between = ({ from, to }: Packet) =>
      (zoneOf(from) === one && zoneOf(to) === other) || (zoneOf(from) === other && zoneOf(to) === one);
    const [here = [], there = []] = [one, other].map((zone) =>
      nodes.filter((node) => node.zone === zone).map(({ name }) => name),
    );
    const isOfOnePair = here.length === 1 && there.length === 1;
    return {
      kind,
      loses: share(loss, between),
      truth: isOfOnePair
        ? pairTruth(here.join(), there.join(), [causeOfPair])
        : [`${one} → ${other}`, `${other} → ${one}`].map((name) => [
            { kind: "zones", name, causes: [cause] },
          ]),
    };
  };

/** Whichever way is named. */
function pairTruth(one: string, other: string, causes: readonly string[]): Fault["truth"] {
  return [[`${one} → ${other}`, `${other} → ${one}`].map((name) => ({ kind: "pair", name, causes }))];
}

/** Every kind of fault. Packets are lost at random and independently of each other. */
export const faultKinds: Readonly<Record<string, MakeFault>> = {
  "node down": nodeFault("node down", ["node", "node_down"], (node) => ({
    loses: share(1, touches(node)),
    silent: [node],
  })),
  "node loses 20 %": nodeFault("node loses 20 %", ["node", "packet_loss"], (node) => ({
    loses: share(0.2, touches(node)),
  })),
  "node loses 5 %": nodeFault("node loses 5 %", ["node", "packet_loss"], (node) => ({
    loses: share(0.05, touches(node)),
  })),
  "node loses 20 % of what it sends": nodeFault(
    "node loses 20 % of what it sends",
    ["node", "packet_loss_out"],
    (node) => ({
      loses: share(0.2, ({ from }) => from === node),
    }),
  ),
  "connections to a node dropped": nodeFault(
    "connections to a node dropped",
    ["in", "unreachable_from_others"],
    (node) => ({
      loses: share(1, ({ to, opens }) => opens && to === node),
    }),
  ),
  "60 % of connections from a node dropped": nodeFault(
    "60 % of connections from a node dropped",
    ["out", "packet_loss", "conntrack_full"],
    (node) => ({ loses: share(0.6, ({ from, opens }) => opens && from === node) }),
  ),
  "overlay of a node broken": nodeFault(
    "overlay of a node broken",
    ["overlay", "overlay_broken"],
    (node) => ({
      loses: share(1, (packet) => packet.network === "pod" && touches(node)(packet)),
      silent: [node],
    }),
  ),
  "large packets from a node lost": nodeFault(
    "large packets from a node lost",
    ["node", "mtu_black_hole_out"],
    (node) => ({
      loses: share(1, ({ from, size }) => size === "large" && from === node),
    }),
  ),
  "UDP of a node lost": nodeFault("UDP of a node lost", ["node", "udp_blocked"], (node) => ({
    loses: share(1, (packet) => packet.protocol === "udp" && touches(node)(packet)),
  })),
  "Service rules of a node stale": nodeFault(
    "Service rules of a node stale",
    ["proxy", "stale_service_rules"],
    (node) => ({
      proxyFails: (other) => (other === node ? 0.5 : 0),
    }),
  ),
  "Service rules of a node gone": nodeFault(
    "Service rules of a node gone",
    ["proxy", "service_rules_gone"],
    (node) => ({
      proxyFails: (other) => (other === node ? 1 : 0),
    }),
  ),
  "agent starved": nodeFault("agent starved", ["agent", "agent_unfit"], (node) => ({
    loses: share(0.5, ({ to, port }) => to === node && port === "agent"),
    unfit: [node],
  })),
  "DNS pod dead": ({ dnsPods }, random) => {
    const dead = Math.floor(random() * dnsPods.length);
    return {
      kind: "DNS pod dead",
      dnsPodFails: (pod) => (pod === dead ? 1 : 0),
      truth: [[{ kind: "dns", name: dnsPods[dead]?.pod ?? "", causes: ["dns_pod_dead"] }]],
    };
  },
  "DNS pod loses 30 %": ({ dnsPods }, random) => {
    const bad = Math.floor(random() * dnsPods.length);
    return {
      kind: "DNS pod loses 30 %",
      dnsPodFails: (pod) => (pod === bad ? 0.3 : 0),
      truth: [[{ kind: "dns", name: dnsPods[bad]?.pod ?? "", causes: ["dns_pod_unwell"] }]],
    };
  },
  "DNS over TCP lost": () => ({
    kind: "DNS over TCP lost",
    dnsPodFails: (_pod, transport) => (transport === "tcp" ? 1 : 0),
    truth: [[{ kind: "cluster_dns", name: "cluster_dns", causes: ["dns_over_tcp_blocked"] }]],
  }),
  "zones cut from each other": zoneFault("zones cut from each other", 1, ["zone_link_down", "pair_cut"]),
  "5 % lost between zones": zoneFault("5 % lost between zones", 0.05, ["zone_link_loss", "packet_loss"]),
  "pair of nodes cut": ({ nodes }, random) => {
    const one = Math.floor(random() * nodes.length);
    const { name = "", watched = [] } = nodes[one] ?? {};
    const other = watched[Math.floor(random() * watched.length)] ?? 0;
    const otherName = nodes[other]?.name ?? "";
    return {
      kind: "pair of nodes cut",
      loses: share(1, (p) => touches(one)(p) && touches(other)(p) && p.from !== p.to),
      truth: pairTruth(name, otherName, ["pair_cut"]),
    };
  },
  "ingress down": () => ({
    kind: "ingress down",
    ingressFails: 1,
    truth: [[{ kind: "ingress", name: "ingress", causes: ["ingress_failing"] }]],
  }),
  "API server down": ({ apiServers }, random) => {
    const dead = Math.floor(random() * apiServers);
    return {
      kind: "API server down",
      apiServerFails: (server) => (server === dead ? 1 : 0),
      truth: [[{ kind: "apiserver", name: `api_server_${dead + 1}`, causes: ["api_server_down"] }]],
    };
  },
};

/** What can be told in small clusters only: one endpoint of a hundred is asked too seldom. */
export const smallClusterKinds: Readonly<Record<string, MakeFault>> = {
  "one endpoint of a node's Service rules gone": (cluster, random) =>
    nodeFault("one endpoint of a node's Service rules gone", ["proxy", "stale_service_rules"], (node) => ({
      serviceFails: (other) => (other === node ? 1 / cluster.nodes.length : 0),
    }))(cluster, random),
};

/** Two faults at once. */
export function both(a: Fault, b: Fault): Fault {
  const either =
    <Arguments extends unknown[]>(
      one: ((...all: Arguments) => number) | undefined,
      other: ((...all: Arguments) => number) | undefined,
    ) =>
    (...all: Arguments) =>
      1 - (1 - (one?.(...all) ?? 0)) * (1 - (other?.(...all) ?? 0));
  return {
    kind: `${a.kind} + ${b.kind}`,
    loses: either(a.loses, b.loses),
    dnsPodFails: either(a.dnsPodFails, b.dnsPodFails),
    apiServerFails: either(a.apiServerFails, b.apiServerFails),
    proxyFails: either(a.proxyFails, b.proxyFails),
    serviceFails: either(a.serviceFails, b.serviceFails),
    ingressFails: Math.max(a.ingressFails ?? 0, b.ingressFails ?? 0),
    silent: [...(a.silent ?? []), ...(b.silent ?? [])],
    unfit: [...(a.unfit ?? []), ...(b.unfit ?? [])],
    truth: [...a.truth, ...b.truth],
  };
}

/** What of the truth a finding names; absent where it is wrong. */
export function truthOf(
  truth: readonly (readonly Truth[])[],
  component: Component,
  name: string,
): Truth | undefined {
  return truth.flat().find((one) => one.kind === component.kind && one.name === name);
}
