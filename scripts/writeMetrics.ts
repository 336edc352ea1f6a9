import { readFileSync, writeFileSync } from "node:fs";
import { catalogue, type Family } from "../src/metrics/catalogue.ts";

const page = new URL("../docs/metrics.md", import.meta.url);
const section =
  /(<!-- families: written by scripts\/writeMetrics\.ts -->\n)[\s\S]*(<!-- end of families -->)/;

/** The page with its table as the catalogue has it now. */
export function withFamilies(text: string): string {
  if (!section.test(text)) throw new Error("docs/metrics.md has lost the markers of its table");
  return text.replace(section, (_all, start: string, end: string) => `${start}\n${table()}\n${end}`);
}

function table(): string {
  const rows = Object.values<Family>(catalogue)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labelNames, help, ends }) => {
      const labels = labelNames.map((label) => `\`${label}\``).join(", ");
      return `| \`${name}\` | ${type === "durations" ? "histogram" : type} | ${labels} | ${help} | ${ends} |`;
    });
  return ["| family | type | labels | meaning | a series ends |", "|---|---|---|---|---|", ...rows, ""].join(
    "\n",
  );
}

if (import.meta.main) writeFileSync(page, withFamilies(readFileSync(page, "utf8")));
