import type { Cell, Row } from "./row.ts";

const columnOfCheck = {
  api_server_direct: "API DIRECT",
  api_server_dns: "API BY NAME",
  me_ingress: "INGRESS",
  me_service: "SERVICE",
};

/** What is told of response times, from the widest form to the narrowest. */
const times = ["last and quantiles", "quantiles", "last"] as const;
type Times = (typeof times)[number];

const legends: Record<Times, string> = {
  "last and quantiles": "times in ms: last answer · p50/p99 of the last minute",
  quantiles: "times in ms: p50/p99 of the last minute",
  last: "times in ms: last answer",
};

/** Draws the nodes with a legend, from the widest form to the narrowest. */
export function nodeTables(rows: readonly Row[]): string[][] {
  return times.map((form) => [legends[form], "", ...tableLines(rows, form)]);
}

function tableLines(rows: readonly Row[], times: Times): string[] {
  const extra = new Set(rows.flatMap(({ checks }) => Object.keys(checks)));
  for (const type of Object.keys(columnOfCheck)) extra.delete(type);
  const layers = rows.some((row) => row.layers !== undefined);
  const groups = layers ? ["PATHS", "LAYERS"] : ["PATHS"];
  const header = ["NODE", ...Object.values(columnOfCheck), ...extra, ...groups, "ERR/MIN"];
  const types = [...Object.keys(columnOfCheck), ...extra];
  return align([header, ...rows.map((row) => cellsOf(row, types, layers, times))]);
}

function cellsOf(row: Row, types: readonly string[], layers: boolean, times: Times): string[] {
  const name = `${row.node} ${row.zone.replace(/^zone-/, "")}`;
  if (row.state === "dead") return [name, "DEAD"];
  if (row.state === "empty") return [name, "no pod"];
  return [
    row.state === "frozen" ? `${name} FROZEN` : name,
    ...types.map((type) => cellText(row.checks[type]?.text ?? "-", row.checks[type], times)),
    cellText(shareOk(row.paths), row.paths, times),
    // Times of different kinds of tests have nothing to say together.
    ...(layers ? [shareOk(row.layers)] : []),
    String(row.errors),
  ];
}

function shareOk(group: Row["layers"]): string {
  if (group === undefined) return "-";
  const { ok, all } = group;
  return `${ok === all ? "" : "FAIL "}${ok}/${all} ok`;
}

function cellText(text: string, { last, p50, p99 }: Partial<Cell> = {}, times: Times): string {
  const parts = [text];
  if (last !== undefined && times !== "quantiles") parts.push(milliseconds(last));
  if (p50 !== undefined && p99 !== undefined && times !== "last") {
    parts.push(`${times === "quantiles" ? "" : "· "}${milliseconds(p50)}/${milliseconds(p99)}`);
  }
  return parts.join(" ");
}

function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
