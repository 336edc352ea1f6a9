import type { Kind } from "./kind.ts";

export const onlyTrue: Kind<boolean> = {
  expected: "true to turn it on; anything else leaves it off",
  parse: (given) => given === "true",
  schema: {},
  doubt: (given) => (isPlainBoolean(given) ? undefined : "leaves it off, since it is not exactly true"),
};

export const unlessFalse: Kind<boolean> = {
  expected: "false to turn it off; anything else leaves it on",
  parse: (given) => given !== "false",
  schema: {},
  doubt: (given) => (isPlainBoolean(given) ? undefined : "leaves it on, since it is not exactly false"),
};

const isPlainBoolean = (given: string) => ["true", "false", ""].includes(given);
