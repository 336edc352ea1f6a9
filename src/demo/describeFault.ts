import { any, type Extent, type Fault, type Traffic } from "./faults.ts";

/** As people say it. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "dead-node":
      return `${fault.node} is dead`;
    case "black-hole":
      return `no ${packet(fault.only)} ${describeExtent(fault)}`;
    case "loss":
      return `${number(fault.share * 100)} % loss ${of(fault.only)}${describeExtent(fault.on)}`;
    case "delay":
      return `${number(fault.seconds * 1000)} ms more ${of(fault.only)}${describeExtent(fault.on)}`;
    case "mtu":
      return `no ${packet(fault.only)} of more than 1400 bytes ${describeExtent(fault.on)}`;
    case "dead-dns":
      return `DNS replica ${fault.replica} is dead`;
    case "dead-api":
      return `API server replica ${fault.replica} is dead`;
    case "lost-dns":
      return `DNS over ${fault.protocol.toUpperCase()} is lost`;
    case "refuse":
      return `the Service's endpoint on ${fault.node} refuses`;
    case "stale-proxy":
      return `the Services of ${fault.node} keep their old endpoints`;
    case "ingress-502":
      return "the ingress answers 502";
    case "freeze":
      return `the agent on ${fault.node} is frozen`;
    case "starve":
      return `the agent on ${fault.node} gets too little CPU time`;
  }
}

const kinds = { udp: "UDP packet", tcp: "TCP packet", overlay: "packet of the pod network" };

function packet(only: Traffic | undefined): string {
  return only === undefined ? "packet" : kinds[only];
}

function of(only: Traffic | undefined): string {
  return only === undefined ? "" : `of each ${kinds[only]} `;
}

function describeExtent(extent: Extent): string {
  if ("node" in extent) return `on all links of ${extent.node}`;
  const [from, to] = [extent.from, extent.to].map((place) => (place === any ? "any place" : place));
  return `from ${from} to ${to}`;
}

/** Without the last digits, which are the binary system's. */
function number(value: number): number {
  return Number(value.toPrecision(6));
}
