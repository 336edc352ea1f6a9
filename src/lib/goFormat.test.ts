import fc from "fast-check";
import { expect, test } from "vitest";
import { formatGoExponent, formatGoFloat } from "./goFormat.ts";

// Printed by fmt.Sprint of Go 1.26.
const vectors: readonly [number, string][] = [
  [0, "0"],
  [-0, "-0"],
  [1, "1"],
  [10, "10"],
  [0.005, "0.005"],
  [2.5, "2.5"],
  [0.0001, "0.0001"],
  [0.00005, "5e-05"],
  [0.00001, "1e-05"],
  [1e-7, "1e-07"],
  [12.5e-10, "1.25e-09"],
  [123456, "123456"],
  [999999, "999999"],
  [1e6, "1e+06"],
  [1234567, "1.234567e+06"],
  [123456789, "1.23456789e+08"],
  [1e20, "1e+20"],
  [1e21, "1e+21"],
  [1.5e21, "1.5e+21"],
  [5e-324, "5e-324"],
  [Number.MAX_VALUE, "1.7976931348623157e+308"],
  [1 / 3, "0.3333333333333333"],
  [-0.00005, "-5e-05"],
  [-1e7, "-1e+07"],
  [Number.POSITIVE_INFINITY, "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf"],
  [Number.NaN, "NaN"],
];

test.each(vectors)("%d is %s", (x, text) => {
  expect(formatGoFloat(x)).toBe(text);
});

test("every finite number reads back as itself, with an exponent of two digits or more", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const text = formatGoFloat(x);
      expect(Number(text)).toBe(x);
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]\d{2,3})?$/);
    }),
  );
});

test("a fixed number of digits keeps trailing zeros", () => {
  expect(formatGoExponent(1e-9, 3)).toBe("1.000e-09");
  expect(formatGoExponent(1.1364636e-9, 3)).toBe("1.136e-09");
  expect(formatGoExponent(1e18, 3)).toBe("1.000e+18");
});
