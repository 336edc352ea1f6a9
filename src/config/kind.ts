/** How a variable's text becomes a value. */
export interface Kind<Value> {
  /** What a good text is, as the end of "expected …". */
  readonly expected: string;
  /** @throws SyntaxError with the reason, where the text is none of what is expected. */
  readonly parse: (text: string) => Value;
  /** What JSON Schema can say about the text. */
  readonly schema: { readonly pattern?: string; readonly enum?: readonly string[] };
  /** Set but empty means the default; elsewhere the empty text is a value of its own. */
  readonly emptyIsDefault?: true;
  /** What is probably not meant although it is accepted. */
  readonly doubt?: (text: string) => string | undefined;
  /** The text without the secrets it may hold. */
  readonly mask?: (text: string) => string;
}

/** Any text is good. */
export const text = (expected: string): Kind<string> => ({ expected, parse: (given) => given, schema: {} });

/** Texts that nobody may see, separated by commas; blanks around them do not count. */
export const secrets: Kind<readonly string[]> = {
  expected: "a secret, or several separated by commas",
  parse(given) {
    if (given === "") return [];
    const all = given.split(",").map((secret) => secret.trim());
    return all.includes("") ? refuse("an empty secret") : all;
  },
  schema: {},
  mask: (given) => (given === "" ? "" : "***"),
};

/** Exactly one of the choices. */
export function oneOf<const Choice extends string>(choices: readonly Choice[]): Kind<Choice> {
  const expected = `one of ${choices.join(", ")}`;
  return {
    expected,
    parse: (given) => choices.find((choice) => choice === given) ?? refuse("unknown"),
    schema: { enum: choices },
  };
}

/** Lets an expression refuse. */
export function refuse(reason: string): never {
  throw new SyntaxError(reason);
}
