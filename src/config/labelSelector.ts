import { createRequirement, type Labels, type Requirement } from "./labelRequirement.ts";

/** A Kubernetes label selector, as kubectl's `-l` and the API's `labelSelector` take it. */
export interface LabelSelector {
  /** As it was given; empty selects all. */
  readonly text: string;
  matches(labels: Labels): boolean;
}

/**
 * Reads requirements separated by commas: `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k`, `!k`, `k>1`, `k<1`.
 * Accepts what the API server accepts, down to an empty value in a set.
 * @throws SyntaxError for all else, also for keys and values that no label can have.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = tokensOf(text);
  const requirements: Requirement[] = [];
  while (tokens.length > 0) {
    requirements.push(readRequirement(tokens));
    const separator = tokens.shift();
    if (separator === undefined) break;
    if (separator !== ",") throw unexpected(separator, "a comma or the end");
    if (tokens.length === 0) throw unexpected(undefined, "a label key after the comma");
  }
  return { text, matches: (labels) => requirements.every((requirement) => requirement(labels)) };
}

/** Operators, and between them words: keys, values, `in` and `notin`. */
function tokensOf(text: string): string[] {
  return text.match(/==|!=|[=!<>(),]|[^=!<>(), \t\r\n]+/g) ?? [];
}

const isWord = (token: string | undefined): token is string =>
  token !== undefined && /^[^=!<>(),]/.test(token);

function readRequirement(tokens: string[]): Requirement {
  const negated = tokens[0] === "!";
  if (negated) tokens.shift();
  const key = tokens.shift();
  if (!isWord(key)) throw unexpected(key, "a label key");
  if (negated) return createRequirement(key, "!", []);
  if (tokens.length === 0 || tokens[0] === ",") return createRequirement(key, "exists", []);
  const operator = tokens.shift();
  switch (operator) {
    case "in":
    case "notin":
      return createRequirement(key, operator, readSet(tokens));
    case "=":
    case "==":
    case "!=":
    case ">":
    case "<":
      return createRequirement(key, operator, [readValue(tokens)]);
    default:
      throw unexpected(operator, "one of = == != < > in notin");
  }
}

function readValue(tokens: string[]): string {
  if (tokens.length === 0 || tokens[0] === ",") return "";
  const value = tokens.shift();
  if (!isWord(value)) throw unexpected(value, "a label value");
  return value;
}

/** An empty place before, between or after the commas is the empty value, as in `()`. */
function readSet(tokens: string[]): string[] {
  const open = tokens.shift();
  if (open !== "(") throw unexpected(open, "(");
  const values: string[] = [];
  while (true) {
    values.push(isWord(tokens[0]) ? (tokens.shift() ?? "") : "");
    const separator = tokens.shift();
    if (separator === ")") return values;
    if (separator !== ",") throw unexpected(separator, "a comma or )");
  }
}

function unexpected(token: string | undefined, expected: string): SyntaxError {
  return new SyntaxError(`${token === undefined ? "it ends" : JSON.stringify(token)} instead of ${expected}`);
}
