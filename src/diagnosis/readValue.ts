/** Takes a value that anybody may have sent, or throws a TypeError where it is not as it must be. */
export type Read<Value> = (value: unknown) => Value;

type OptionalKey<Value> = {
  [key in keyof Value]-?: Record<never, never> extends Pick<Value, key> ? key : never;
}[keyof Value];
type Needed<Value> = { readonly [key in Exclude<keyof Value, OptionalKey<Value>>]: Read<Value[key]> };
type Optional<Value> = { readonly [key in OptionalKey<Value>]-?: Read<Exclude<Value[key], undefined>> };

/** An object with all fields of a type; others are left out. */
export function object<Value>(needed: Needed<Value>, optional: Optional<Value>): Read<Value> {
  const all = [...fieldsOf(needed, true), ...fieldsOf(optional, false)];
  return (value) => {
    const given = objectIn(value);
    const taken: Record<string, unknown> = {};
    for (const { key, read, isNeeded } of all) {
      if (isNeeded || given[key] !== undefined) taken[key] = read(given[key]);
    }
    return taken as Value;
  };
}

function fieldsOf(readers: Readonly<Record<string, Read<unknown>>>, isNeeded: boolean) {
  return Object.entries(readers).map(([key, read]) => ({ key, read, isNeeded }));
}

/** An object that has some of the keys, and no others. */
export function record<Value>(
  keys: ReadonlySet<string>,
  read: Read<Value>,
): Read<{ readonly [key: string]: Value }> {
  return (value) => {
    const taken: Record<string, Value> = {};
    for (const [key, each] of Object.entries(objectIn(value))) {
      if (!keys.has(key)) throw new TypeError("no such key");
      taken[key] = read(each);
    }
    return taken;
  };
}

export function list<Item>(most: number, read: Read<Item>): Read<readonly Item[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) throw new TypeError("no list, or too long");
    return value.map(read);
  };
}

export function oneOf<const Choice>(choices: readonly Choice[]): Read<Choice> {
  const known = new Set<unknown>(choices);
  return (value) => {
    if (!known.has(value)) throw new TypeError("no such choice");
    return value as Choice;
  };
}

export function text(pattern: RegExp): Read<string> {
  return (value) => {
    if (typeof value !== "string" || !pattern.test(value)) throw new TypeError("no such text");
    return value;
  };
}

/** A name as Kubernetes has them, and hosts outside, which may have underscores in theirs. */
export const name = text(/^[a-z0-9][\w.-]{0,252}$/i);

/** Not negative. */
export function amount(most: number): Read<number> {
  return (value) => {
    if (typeof value !== "number" || !(value >= 0 && value <= most)) throw new TypeError("no such number");
    return value;
  };
}

/** A whole number that is not negative. */
export function count(most: number): Read<number> {
  const read = amount(most);
  return (value) => {
    if (!Number.isSafeInteger(value)) throw new TypeError("no whole number");
    return read(value);
  };
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("no object");
  return value as Record<string, unknown>;
}
