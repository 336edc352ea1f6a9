import type { Found } from "./foundOf.ts";
import { nodeTables } from "./nodeTable.ts";
import type { Row } from "./row.ts";

/** What the screen shows. */
export interface Picture {
  /** Such as the cluster's size and age. */
  readonly title: string;
  readonly rows: readonly Row[];
  /** Open findings, or why there are none to be had. */
  readonly findings: readonly Found[] | string;
  /** Active faults as people say them, with their ids. */
  readonly faults: readonly string[];
  /** What can be typed, one item each; none where nobody can. */
  readonly hints: readonly string[];
}

export interface Frame {
  /** Lines are cut to `columns`, and there are at most `lines` of them. */
  readonly columns: number;
  readonly lines: number;
  readonly color: boolean;
}

/** Draws the picture as lines. Where not all nodes fit, those with failures come first and the rest is counted. */
export function drawTable({ title, rows, findings, faults, hints }: Picture, frame: Frame): string[] {
  const faultLine = `Faults: ${faults.join(" · ") || "none"}`;
  const below = [
    "",
    ...failureLines(rows),
    "",
    ...findingLines(findings),
    faultLine,
    ...wrap(hints, frame.columns),
  ];
  const room = Math.max(2, frame.lines - headLines - below.length);
  const shown = rows.length <= room ? rows : worstFirst(rows).slice(0, room - 1);
  const hidden = rows.filter((row) => !shown.includes(row));
  const rest = `… and ${hidden.length} more nodes, ${hidden.filter(isBad).length} of them with failures`;
  const tables = nodeTables(shown);
  const fits = (lines: readonly string[]) => lines.every((line) => line.length <= frame.columns);
  const table = tables.find(fits) ?? tables.at(-1) ?? [];
  const lines = [title, ...table, ...(hidden.length > 0 ? [rest] : []), ...below];
  const cut = lines.slice(0, frame.lines).map((line) => line.slice(0, frame.columns));
  return frame.color ? cut.map(paint) : cut;
}

/** Title, legend, an empty line and the table's own head. */
const headLines = 4;

/** Puts as many items on a line as fit. */
function wrap(items: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 3 + item.length <= columns)
      lines.push(`${lines.pop()}   ${item}`);
    else lines.push(item);
  }
  return lines;
}

const isBad = (row: Row) => row.state !== "running" || row.failing.length > 0;

function worstFirst(rows: readonly Row[]): readonly Row[] {
  const badness = (row: Row) => (isBad(row) ? 1e6 : 0) + row.errors;
  return rows.toSorted((a, b) => badness(b) - badness(a));
}

const shown = { failures: 6, checks: 4, findings: 5 };

function findingLines(findings: Picture["findings"]): string[] {
  if (typeof findings === "string") return [`Findings: ${findings}`];
  if (findings.length === 0) return ["Findings: none"];
  return limit(
    findings.map(({ what, summary }) => `FOUND ${what} · ${summary}`),
    shown.findings,
  );
}

/** One line for each message, with the checks that say it. */
function failureLines(rows: readonly Row[]): string[] {
  const checks = new Map<string, string[]>();
  for (const { node, failing } of rows) {
    for (const { type, detail } of failing) {
      checks.set(detail, [...(checks.get(detail) ?? []), `${node} ${type}`]);
    }
  }
  if (checks.size === 0) return ["the last attempt of every check was ok"];
  return limit(
    [...checks].map(([detail, who]) => `FAIL ${detail}: ${limit(who, shown.checks).join(", ")}`),
    shown.failures,
  );
}

function limit(texts: readonly string[], most: number): string[] {
  return texts.length <= most ? [...texts] : [...texts.slice(0, most), `… and ${texts.length - most} more`];
}

const colors = { red: "\x1b[31m", green: "\x1b[32m", bold: "\x1b[1m", off: "\x1b[0m" };

/** Colours only words that say the same without colour. */
function paint(line: string): string {
  return line
    .replace(/\b(FAIL|FOUND|DEAD|FROZEN)\b/g, `${colors.red}$1${colors.off}`)
    .replace(/\bok\b/g, `${colors.green}ok${colors.off}`)
    .replace(/^(kubenurse demo)/, `${colors.bold}$1${colors.off}`);
}
