/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>;

/** Whether labels fulfil one part of a selector. */
export type Requirement = (labels: Labels) => boolean;

/** `k=v` with its relatives, `k` as `exists`, `!k` as `!`. */
export type Operator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | ">" | "<";

/**
 * What an operator asks of the label `key`. A missing label fulfils `!=` and `notin`, and no comparison.
 * @throws SyntaxError where no label can have such a key or value, and for `<` and `>` with anything but an integer.
 */
export function createRequirement(key: string, operator: Operator, values: readonly string[]): Requirement {
  checkKey(key);
  for (const value of values) checkValue(value);
  const label = (labels: Labels) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const isOneOf = (value: string | undefined) => value !== undefined && values.includes(value);
  switch (operator) {
    case "exists":
      return (labels) => label(labels) !== undefined;
    case "!":
      return (labels) => label(labels) === undefined;
    case "=":
    case "==":
    case "in":
      return (labels) => isOneOf(label(labels));
    case "!=":
    case "notin":
      return (labels) => !isOneOf(label(labels));
    case ">":
    case "<":
      return comparison(label, operator, values[0] ?? "");
  }
}

function comparison(
  label: (labels: Labels) => string | undefined,
  operator: ">" | "<",
  value: string,
): Requirement {
  const bound = integerOf(value);
  if (bound === undefined)
    throw new SyntaxError(`${JSON.stringify(value)} is not an integer to compare with`);
  return (labels) => {
    const number = integerOf(label(labels) ?? "");
    return number !== undefined && (operator === ">" ? number > bound : number < bound);
  };
}

/** 64 bits, as the API server compares; a label's value can't have a sign. */
function integerOf(value: string): bigint | undefined {
  const integer = /^\d+$/.test(value) ? BigInt(value) : undefined;
  return integer !== undefined && integer < 2n ** 63n ? integer : undefined;
}

/** An optional DNS subdomain and a slash, then a name; lengths as the API server limits them. */
function checkKey(key: string): void {
  const [name = "", prefix, ...more] = key.split("/").reverse();
  const prefixIsGood = prefix === undefined || (prefix.length <= 253 && subdomain.test(prefix));
  if (more.length > 0 || !prefixIsGood || name === "" || !isName(name)) {
    throw new SyntaxError(`${JSON.stringify(key)} can't be a label's key`);
  }
}

function checkValue(value: string): void {
  if (value !== "" && !isName(value))
    throw new SyntaxError(`${JSON.stringify(value)} can't be a label's value`);
}

const isName = (text: string) => text.length <= 63 && /^[a-z0-9](?:[-\w.]*[a-z0-9])?$/i.test(text);
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
