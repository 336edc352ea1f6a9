import { expect, test } from "vitest";
import { terminalOf } from "./terminal.ts";

const output = (isTTY: boolean) => ({ isTTY, columns: 80, rows: 24, write: () => true });

test.each([
  ["a terminal", true, {}, true],
  ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
  ["a terminal with an empty NO_COLOR", true, { NO_COLOR: "" }, true],
  ["a pipe", false, {}, false],
])("on %s", (_, isTTY, environment, color) => {
  expect(terminalOf(output(isTTY), environment).color).toBe(color);
});

test("a terminal has the size it has at the moment, and a pipe has none", () => {
  const resized = output(true);
  const terminal = terminalOf(resized, {});
  resized.columns = 40;
  expect([terminal.columns, terminal.rows]).toEqual([40, 24]);
  const pipe = terminalOf(output(false), {});
  expect([pipe.columns, pipe.rows]).toEqual([Infinity, Infinity]);
});
