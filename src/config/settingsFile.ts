import { readFileSync } from "node:fs";
import type { Document } from "yaml";
import type { z } from "zod";
import { ConfigError } from "./configError.ts";
import type { SettingsFile } from "./settingsFileSchema.ts";

/**
 * Reads a settings file, by `read` where it is not to be read afresh.
 * @throws ConfigError where it can't be read.
 */
export function readSettingsFile(
  path: string,
  read: () => string = () => readFileSync(path, "utf8"),
): string {
  try {
    return read();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new ConfigError([`KUBENURSE_CONFIG: ${path}: can't be read (${code})`]);
  }
}

/**
 * Parses the settings file's text, which is YAML 1.2. An empty text is a file without settings. The names in `taken` are those of
 * KUBENURSE_EXTRA_CHECKS.
 * @throws ConfigError with all problems at once, each with its place in the file.
 */
export async function parseSettingsFile(
  text: string,
  path: string,
  taken: readonly string[] = [],
): Promise<SettingsFile> {
  const [{ LineCounter, parseDocument }, { settingsFileSchema }] = await Promise.all([
    import("yaml"),
    import("./settingsFileSchema.ts"),
  ]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const refuse = (problems: readonly string[]): never => {
    throw new ConfigError(problems.map((problem) => `KUBENURSE_CONFIG: ${path}: ${problem}`));
  };
  // The parser's message goes on with an excerpt of the file on further lines.
  if (document.errors.length > 0)
    refuse(document.errors.map(({ message }) => message.split("\n")[0] ?? message));
  const parsed = settingsFileSchema.safeParse(contentsOf(document, refuse) ?? {});
  if (parsed.success) {
    const twice = parsed.data.checks.filter(({ name }) => taken.includes(name));
    if (twice.length === 0) return parsed.data;
    return refuse(twice.map(({ name }) => `${name} is the name of a check in KUBENURSE_EXTRA_CHECKS, too`));
  }
  return refuse(
    parsed.error.issues.map((issue) => {
      const [at] = (document.getIn(issue.path, true) as { range?: [number] } | undefined)?.range ?? [];
      const line = at === undefined ? "" : `line ${lines.linePos(at).line}: `;
      return `${line}${placeOf(issue)}${issue.message}`;
    }),
  );
}

/** What the text says; only here the parser finds aliases that lead nowhere or grow without measure. */
function contentsOf(document: Document, refuse: (problems: readonly string[]) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse([(error as Error).message]);
  }
}

/** Such as `checks[0].url: `. */
function placeOf({ path }: z.core.$ZodIssue): string {
  const place = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return place === "" ? "" : `${place.replace(/^\./, "")}: `;
}
