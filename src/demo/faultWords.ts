import {
  expected,
  readDuration,
  readLink,
  readNode,
  readProtocol,
  readReplica,
  readScope,
  readShare,
  readTraffic,
} from "./faultArguments.ts";
import type { Fault } from "./faults.ts";

/** How a fault is asked for on the command line. */
export interface FaultForm {
  readonly kind: Fault["kind"];
  /** As commander takes them: `<required>`, `[optional]`. */
  readonly arguments: readonly string[];
  readonly summary: string;
  /** @throws SyntaxError that says what was expected. */
  parse(words: readonly string[], nodes: readonly string[]): Fault;
}

const onScope = "on all links of a node, or with TO only from the one to the other";
const scope = ["<node>", "[to]", "[packets]"];

export const faultForms: readonly FaultForm[] = [
  {
    kind: "dead-node",
    arguments: ["<node>"],
    summary: "switch a node off: nothing answers, and the API still shows its pod as running",
    parse: ([name], nodes) => ({ kind: "dead-node", node: readNode(name, nodes) }),
  },
  {
    kind: "black-hole",
    arguments: ["<from>", "<to>", "[packets]"],
    summary: "drop every packet from one node to another, and none on the way back",
    parse: ([from, to, packets], nodes) => ({
      kind: "black-hole",
      ...readLink(from, to, nodes),
      ...readTraffic(packets),
    }),
  },
  {
    kind: "loss",
    arguments: ["<percent>", ...scope],
    summary: `lose a share of the packets ${onScope}`,
    parse: ([percent, ...where], nodes) => ({
      kind: "loss",
      share: readShare(percent),
      ...readScope(where, nodes),
    }),
  },
  {
    kind: "delay",
    arguments: ["<duration>", ...scope],
    summary: `make packets take longer (such as 200ms) ${onScope}`,
    parse: ([duration, ...where], nodes) => ({
      kind: "delay",
      seconds: readDuration(duration),
      ...readScope(where, nodes),
    }),
  },
  {
    kind: "mtu",
    arguments: scope,
    summary: `lose packets of more than 1400 bytes ${onScope}`,
    parse: (where, nodes) => ({ kind: "mtu", ...readScope(where, nodes) }),
  },
  {
    kind: "dead-dns",
    arguments: ["<replica>"],
    summary: "let one of the two DNS replicas, 1 or 2, answer nobody",
    parse: ([replica]) => ({ kind: "dead-dns", replica: readReplica(replica) }),
  },
  {
    kind: "lost-dns",
    arguments: ["<protocol>"],
    summary: "lose what is asked of the DNS over one protocol, udp or tcp",
    parse: ([protocol]) => ({ kind: "lost-dns", protocol: readProtocol(protocol) }),
  },
  {
    kind: "dead-api",
    arguments: ["<replica>"],
    summary: "let one of the two API server replicas, 1 or 2, answer nobody",
    parse: ([replica]) => ({ kind: "dead-api", replica: readReplica(replica) }),
  },
  {
    kind: "refuse",
    arguments: ["<node>"],
    summary: "let the Service's endpoint on a node refuse connections",
    parse: ([name], nodes) => ({ kind: "refuse", node: readNode(name, nodes) }),
  },
  {
    kind: "stale-proxy",
    arguments: ["<node>"],
    summary: "let a node's Services keep the endpoints that they have now",
    parse: ([name], nodes) => ({ kind: "stale-proxy", node: readNode(name, nodes) }),
  },
  {
    kind: "ingress-502",
    arguments: [],
    summary: "let the ingress answer every request with 502",
    parse: () => ({ kind: "ingress-502" }),
  },
  {
    kind: "freeze",
    arguments: ["<node>"],
    summary: "stop a node's agent as SIGSTOP would: it accepts connections and answers nothing",
    parse: ([name], nodes) => ({ kind: "freeze", node: readNode(name, nodes) }),
  },
  {
    kind: "starve",
    arguments: ["<node>"],
    summary: "stop a node's agent for 300 of every 400 ms, as a CPU limit that is too low does",
    parse: ([name], nodes) => ({ kind: "starve", node: readNode(name, nodes) }),
  },
];

/**
 * Reads the words after `kubenurse demo fault`.
 * @throws SyntaxError that says what was expected.
 */
export function parseFault(words: readonly string[], nodes: readonly string[]): Fault {
  const [kind, ...rest] = words;
  const form = faultForms.find((form) => form.kind === kind);
  if (form === undefined) {
    throw expected("a fault", kind, `one of ${faultForms.map(({ kind }) => kind).join(", ")}`);
  }
  return form.parse(rest, nodes);
}
