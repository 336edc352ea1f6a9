import { expect, test } from "vitest";
import { age, counted, milliseconds, percent, time } from "./figures.ts";

test.each([
  [-3, "0s"],
  [59.9, "59s"],
  [190, "3m10s"],
  [7500, "2h05m"],
  [273_600, "3d4h"],
])("%d s are %s", (seconds, text) => {
  expect(age(seconds)).toBe(text);
});

test.each([
  [0, "0 %"],
  [0.0004, "<0.1 %"],
  [0.052, "5.2 %"],
  [0.5, "50 %"],
  [0.9951, "99.5 %"],
  [0.9996, ">99.9 %"],
  [1, "100 %"],
])("a share of %d is %s", (share, text) => {
  expect(percent(share)).toBe(text);
});

test("times, durations and counts", () => {
  expect(time(0)).toBe("1970-01-01T00:00:00Z");
  expect([milliseconds(0.0016), milliseconds(0.25)]).toEqual(["1.6 ms", "250 ms"]);
  expect([counted(1, "node"), counted(0, "node")]).toEqual(["1 node", "0 nodes"]);
});
