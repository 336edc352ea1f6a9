import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { settings } from "./settings.ts";
import { withVariablesTable } from "./variablesTable.ts";

test("the README's table is the generated one (else run scripts/writeVariables.ts)", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toBe(withVariablesTable(readme));
});

test("replaces what is between the markers, keeps the rest, and can be repeated", () => {
  const written = withVariablesTable("# Title\n<!-- variables -->\nold\n<!-- /variables -->\nrest\n");
  expect(written).toMatch(/^# Title\n<!-- variables -->\n\| Variable \| Default \| Meaning \|\n/);
  expect(written).toMatch(/\|\n<!-- \/variables -->\nrest\n$/);
  expect(written).not.toContain("old");
  expect(withVariablesTable(written)).toBe(written);
});

test("has a row for each variable, whose cells hold no bare bar", () => {
  const rows = withVariablesTable("<!-- variables --><!-- /variables -->").split("\n").slice(3, -1);
  expect(rows.map((row) => /^\| `(\w+)`/.exec(row)?.[1])).toEqual(Object.keys(settings));
  for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(5);
});

test("says when a text has no markers", () => {
  expect(() => withVariablesTable("# Title")).toThrow("no <!-- variables -->");
});
