import { type Setting, settings } from "./settings.ts";

const begin = "<!-- variables -->";
const end = "<!-- /variables -->";

/**
 * The text with the table of all variables between its two markers.
 * @throws Error where the markers are missing.
 */
export function withVariablesTable(markdown: string): string {
  const [before, ...behind] = markdown.split(begin);
  const [, after] = behind.join(begin).split(end);
  if (before === undefined || after === undefined) throw new Error(`no ${begin} … ${end} in the text`);
  return `${before}${begin}\n${variablesTable()}\n${end}${after}`;
}

function variablesTable(): string {
  const rows = Object.entries<Setting<unknown>>(settings).map(([name, { kind, fallback, meaning }]) => [
    `\`${name}\``,
    fallback === "" ? "" : `\`${fallback}\``,
    `${meaning} Expects ${kind.expected}.`,
  ]);
  return [["Variable", "Default", "Meaning"], ["---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
