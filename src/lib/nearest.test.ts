import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["chek-config", "check-config"],
  ["demo", "demo"],
  ["deom", "demo"],
  ["dmo", "demo"],
  ["xyz", undefined],
  ["", undefined],
])("%j is nearest to %j", (name, expected) => {
  expect(nearest(name, ["check-config", "demo"])).toBe(expected);
});

test("of two that are equally near, the first counts", () => {
  expect(nearest("cat", ["bat", "rat"])).toBe("bat");
});

test("nothing is near where there are no candidates", () => {
  expect(nearest("demo", [])).toBeUndefined();
});
