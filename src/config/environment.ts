import { type Setting, settings } from "./settings.ts";

/** Environment variables as the process got them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a variable's text comes from. */
export interface Given {
  /** The name under which it was set, which may be the lower-case one of a proxy. */
  readonly name: string;
  readonly source: "environment" | "default";
  readonly text: string;
}

type Settings = typeof settings;
/** The parsed value of every variable. */
export type Values = {
  readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer Value> ? Value : never;
};

/** The text that counts for the variable `name`: as set, else its default. */
export function given(
  environment: Environment,
  name: string,
  { kind, fallback, lowerCaseToo }: Setting<unknown>,
): Given {
  const names = lowerCaseToo ? [name, name.toLowerCase()] : [name];
  for (const candidate of names) {
    const text = environment[candidate];
    const counts = text !== undefined && (text !== "" || !(kind.emptyIsDefault || lowerCaseToo));
    if (counts) return { name: candidate, source: "environment", text };
  }
  return { name, source: "default", text: fallback };
}

/** Parses all variables; `problems` and `warnings` are one line each. */
export function parseEnvironment(
  environment: Environment,
): { values: Values; warnings: string[] } | { problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [name, setting] of Object.entries<Setting<unknown>>(settings)) {
    const { kind } = setting;
    const { name: givenName, text } = given(environment, name, setting);
    const shown = JSON.stringify(kind.mask?.(text) ?? text);
    try {
      values[name] = kind.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push(`${givenName}: got ${shown}: ${error.message}; expected ${kind.expected}`);
    }
    const doubt = kind.doubt?.(text);
    if (doubt !== undefined) warnings.push(`${givenName}: got ${shown}, which ${doubt}`);
  }
  // Every setting was parsed, or there is a problem.
  return problems.length > 0 ? { problems } : { values: values as Values, warnings };
}
