import { expect, test } from "vitest";
import { parseGoFloat, parseGoInteger } from "./goNumber.ts";

test.each([
  ["10", 10],
  ["+10", 10],
  ["-3", -3],
  ["007", 7],
  ["9223372036854775807", 2 ** 63],
])("Atoi reads %s as %d", (text, value) => {
  expect(parseGoInteger(text)).toBe(value);
});

test.each([
  ["", "not an integer"],
  [" 1", "not an integer"],
  ["1\n", "not an integer"],
  ["1.0", "not an integer"],
  ["1e1", "not an integer"],
  ["1_0", "not an integer"],
  ["0x1", "not an integer"],
  ["9223372036854775808", "out of range"],
  ["-9223372036854775809", "out of range"],
])("Atoi refuses %j: %s", (text, reason) => {
  expect(() => parseGoInteger(text)).toThrow(new SyntaxError(reason));
});

test.each([
  ["0.005", 0.005],
  ["1.", 1],
  [".5", 0.5],
  ["+1e-3", 0.001],
  ["1E3", 1000],
  ["1_000", 1000],
  ["0_1", 1],
  ["inf", Infinity],
  ["+Infinity", Infinity],
  ["-INF", -Infinity],
])("ParseFloat reads %s as %d", (text, value) => {
  expect(parseGoFloat(text)).toBe(value);
});

test.each(["", " 1", "1 ", ".", "1e", "e5", "1__0", "_1", "1_", "1_.5", "NaN", "0x1p-2", "-+inf", "1,5"])(
  "ParseFloat refuses %j",
  (text) => {
    expect(() => parseGoFloat(text)).toThrow(new SyntaxError(`${JSON.stringify(text)} is not a number`));
  },
);

test("ParseFloat refuses what 64 bits can't hold", () => {
  expect(() => parseGoFloat("1e400")).toThrow(new SyntaxError('"1e400" is out of range'));
});
