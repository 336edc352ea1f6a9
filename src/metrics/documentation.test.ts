import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withFamilies } from "../../scripts/writeMetrics.ts";
import { catalogue } from "./catalogue.ts";

const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

test("the page's table is that of the catalogue (else run `node scripts/writeMetrics.ts`)", () => {
  expect(page).toBe(withFamilies(page));
});

test("every family has a line, and every help is a sentence", () => {
  for (const { name, help } of Object.values(catalogue)) {
    expect(page).toContain(`| \`${name}\` |`);
    expect(help).toMatch(/^[A-Z].*\.$/);
  }
});
