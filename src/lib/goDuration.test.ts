import { expect, test } from "vitest";
import { parseGoDuration } from "./goDuration.ts";

// Both tables are what Go 1.26's time.ParseDuration says.
test.each([
  ["0", 0],
  ["+0", 0],
  ["5s", 5],
  ["+5s", 5],
  ["-1s", -1],
  [".5s", 0.5],
  ["1.s", 1],
  ["300ms", 0.3],
  ["1h2m3.5s", 3723.5],
  ["1m1m", 120],
  ["10ns", 1e-8],
  ["2us", 2e-6],
  ["2\u00b5s", 2e-6],
  ["2\u03bcs", 2e-6],
  ["1.9999999999ns", 1e-9],
  ["3.512562047s", 3.512562047],
  ["-9223372036854775808ns", -9223372036.854776],
])("%s is %d seconds", (text, seconds) => {
  expect(parseGoDuration(text)).toBe(seconds);
});

test.each([
  ["", "no number"],
  ["+", "not a duration"],
  ["5", "no unit"],
  ["0.", "no unit"],
  ["00", "no unit"],
  [".s", "not a duration"],
  [" 5s", "not a duration"],
  ["5s ", "not a duration"],
  ["5s\n", "not a duration"],
  ["+ 5s", "not a duration"],
  ["--5s", "not a duration"],
  ["5S", "not a duration"],
  ["5d", "not a duration"],
  ["1_0s", "not a duration"],
  ["1e3s", "not a duration"],
  ["9223372036854775808ns", "too long"],
  ["3000000h", "too long"],
])("%j is refused: %s", (text, reason) => {
  expect(() => parseGoDuration(text)).toThrow(new SyntaxError(reason));
});
