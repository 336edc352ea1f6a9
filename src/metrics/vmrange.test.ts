import fc from "fast-check";
import { expect, test } from "vitest";
import { vmrange } from "./vmrange.ts";

// Bounds are 10^(n/18): 1.136 = 10^(1/18), 8.799 = 10^(17/18).
test.each([
  [0, "0...1.000e-09"],
  [5e-10, "0...1.000e-09"],
  [1e-9, "1.000e-09...1.136e-09"],
  [0.001, "8.799e-04...1.000e-03"],
  [0.00101, "1.000e-03...1.136e-03"],
  [0.1, "8.799e-02...1.000e-01"],
  [1, "8.799e-01...1.000e+00"],
  [1.1, "1.000e+00...1.136e+00"],
  [3, "2.783e+00...3.162e+00"],
  [1e18, "1.000e+18...+Inf"],
  [1e19, "1.000e+18...+Inf"],
])("%d is in %s", (value, range) => {
  expect(vmrange(value)).toBe(range);
});

test("every value is within the range it is put in", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 9e17, noNaN: true }), (value) => {
      const [lower = Number.NaN, upper = Number.NaN] = vmrange(value).split("...").map(Number);
      // Bounds are written with four digits.
      expect(value).toBeGreaterThan(lower * 0.999);
      expect(value).toBeLessThan(upper * 1.001);
    }),
  );
});
