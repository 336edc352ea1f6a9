import { parseGoDuration } from "../lib/goDuration.ts";
import { controlPlane } from "./addresses.ts";
import type { Extent, Fault } from "./faults.ts";

/** How a fault is asked for on the command line. */
export interface FaultForm {
  readonly kind: Fault["kind"];
  /** As commander takes them: `<required>`, `[optional]`. */
  readonly arguments: readonly string[];
  readonly summary: string;
  /** @throws SyntaxError that says what was expected. */
  parse(words: readonly string[], nodes: readonly string[]): Fault;
}

const onePlace = "on all links of a node, or with TO only from the one to the other";

export const faultForms: readonly FaultForm[] = [
  {
    kind: "dead-node",
    arguments: ["<node>"],
    summary: "switch a node off: nothing answers, and the API still shows its pod as running",
    parse: ([name], nodes) => ({ kind: "dead-node", node: readNode(name, nodes) }),
  },
  {
    kind: "black-hole",
    arguments: ["<from>", "<to>"],
    summary: "drop every packet from one node to another, and none on the way back",
    parse: ([from, to], nodes) => ({ kind: "black-hole", ...readLink(from, to, nodes) }),
  },
  {
    kind: "loss",
    arguments: ["<percent>", "<node>", "[to]"],
    summary: `lose a share of the packets ${onePlace}`,
    parse: ([percent, ...on], nodes) => ({
      kind: "loss",
      share: readShare(percent),
      on: readExtent(on, nodes),
    }),
  },
  {
    kind: "delay",
    arguments: ["<duration>", "<node>", "[to]"],
    summary: `make packets take longer (such as 200ms) ${onePlace}`,
    parse: ([duration, ...on], nodes) => ({
      kind: "delay",
      seconds: readDuration(duration),
      on: readExtent(on, nodes),
    }),
  },
  {
    kind: "dead-dns",
    arguments: ["<replica>"],
    summary: "let one of the two DNS replicas, 1 or 2, answer nobody",
    parse: ([replica]) => ({ kind: "dead-dns", replica: readReplica(replica) }),
  },
  {
    kind: "refuse",
    arguments: ["<node>"],
    summary: "let the Service's endpoint on a node refuse connections",
    parse: ([name], nodes) => ({ kind: "refuse", node: readNode(name, nodes) }),
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

function readNode(word: string | undefined, nodes: readonly string[]): string {
  if (word !== undefined && nodes.includes(word)) return word;
  throw expected("a node", word, `one of ${nodes.join(", ")}`);
}

function readLink(from: string | undefined, to: string | undefined, nodes: readonly string[]) {
  const places = [...nodes, controlPlane];
  const link = { from: readNode(from, places), to: readNode(to, places) };
  if (link.from === link.to) throw expected("the other end", to, "another place than the first");
  return link;
}

function readExtent([node, to]: readonly string[], nodes: readonly string[]): Extent {
  return to === undefined ? { node: readNode(node, [...nodes, controlPlane]) } : readLink(node, to, nodes);
}

function readShare(word: string | undefined): number {
  const percent = Number(word?.replace(/%$/, "") || Number.NaN);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw expected("a percentage", word, "more than 0 and at most 100");
}

function readDuration(word: string | undefined): number {
  try {
    const seconds = parseGoDuration(word ?? "");
    if (seconds > 0) return seconds;
  } catch {}
  throw expected("a duration", word, "such as 200ms or 1.5s");
}

function readReplica(word: string | undefined): number {
  if (word === "1" || word === "2") return Number(word);
  throw expected("a DNS replica", word, "1 or 2");
}

function expected(what: string, word: string | undefined, expectation: string): SyntaxError {
  return new SyntaxError(
    `${what}: ${word === undefined ? "nothing" : JSON.stringify(word)}; expected ${expectation}`,
  );
}
