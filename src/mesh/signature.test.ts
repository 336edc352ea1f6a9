import { expect, it } from "vitest";
import { isSigned, sign } from "./signature.ts";

it("belongs to one key, path and body", () => {
  const signature = sign("key", "/retry", "body");
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
  expect(isSigned(["key"], "/retry", "body", signature)).toBe(true);
  expect(isSigned(["other", "key"], "/retry", "body", signature)).toBe(true);
  expect(isSigned(["other"], "/retry", "body", signature)).toBe(false);
  expect(isSigned(["key"], "/report", "body", signature)).toBe(false);
  expect(isSigned(["key"], "/retry", "body ", signature)).toBe(false);
  expect(isSigned(["key"], "/retry", "body", signature.slice(1))).toBe(false);
  expect(isSigned(["key"], "/retry", "body", undefined)).toBe(false);
});
