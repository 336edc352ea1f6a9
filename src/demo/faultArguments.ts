import { parseGoDuration } from "../lib/goDuration.ts";
import { controlPlane } from "./addresses.ts";
import { any, type Extent, type Traffic, traffics } from "./faults.ts";

/** Each of these throws a SyntaxError that says what was expected. */
type Word = string | undefined;

export function readNode(word: Word, nodes: readonly string[]): string {
  if (word !== undefined && nodes.includes(word)) return word;
  throw expected("a node", word, `one of ${nodes.join(", ")}`);
}

/** One direction of a link, of all links from a place or of all to one. */
export function readLink(from: Word, to: Word, nodes: readonly string[]) {
  const places = [...nodes, controlPlane, any];
  const link = { from: readNode(from, places), to: readNode(to, places) };
  if (link.from === link.to) throw expected("the other end", to, "another place than the first");
  return link;
}

/** What the last words say of where, and of which packets, such as `node-1 node-2 udp`. */
export function readScope(words: readonly string[], nodes: readonly string[]) {
  const last = words.at(-1);
  const only = traffics.find((traffic) => traffic === last);
  const [node, to, more] = only === undefined ? words : words.slice(0, -1);
  if (more !== undefined) throw expected("which packets", last, `one of ${traffics.join(", ")}`);
  const on: Extent =
    to === undefined ? { node: readNode(node, [...nodes, controlPlane]) } : readLink(node, to, nodes);
  return { on, ...which(only) };
}

/** @throws SyntaxError where it is no word for packets; nothing means all. */
export function readTraffic(word: Word): { readonly only?: Traffic } {
  const only = traffics.find((traffic) => traffic === word);
  if (word === undefined || only !== undefined) return which(only);
  throw expected("which packets", word, `one of ${traffics.join(", ")}`);
}

function which(only: Traffic | undefined): { readonly only?: Traffic } {
  return only === undefined ? {} : { only };
}

export function readShare(word: Word): number {
  const percent = Number(word?.replace(/%$/, "") || Number.NaN);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw expected("a percentage", word, "more than 0 and at most 100");
}

export function readDuration(word: Word): number {
  try {
    const seconds = parseGoDuration(word ?? "");
    if (seconds > 0) return seconds;
  } catch {}
  throw expected("a duration", word, "such as 200ms or 1.5s");
}

export function readReplica(word: Word): number {
  if (word === "1" || word === "2") return Number(word);
  throw expected("a replica", word, "1 or 2");
}

export function readProtocol(word: Word): "udp" | "tcp" {
  if (word === "udp" || word === "tcp") return word;
  throw expected("a protocol", word, "udp or tcp");
}

export function expected(what: string, word: Word, expectation: string): SyntaxError {
  return new SyntaxError(
    `${what}: ${word === undefined ? "nothing" : JSON.stringify(word)}; expected ${expectation}`,
  );
}
