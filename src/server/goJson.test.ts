import { expect, test } from "vitest";
import { writeGoJson } from "./goJson.ts";

test("as Go's encoder prints it", () => {
  // Printed by json.MarshalIndent of Go 1.26.
  const printed = '{\n "a": [],\n "b": {},\n "c": "\\b\\f\\u0001\\u003c\\u003e\\u0026\\u2028\\u2029"\n}\n';
  expect(writeGoJson({ a: [], b: {}, c: "\b\f\u0001<>&\u2028\u2029" })).toBe(printed);
});
