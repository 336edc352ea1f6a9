import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAnswer, parseQuestion } from "./pairRetry.ts";

it("reads any text without an error, and takes from it only what belongs there", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const retried of Object.values(parseAnswer(text))) expect(retried).toMatch(/^[a-z_]{2,40}$/);
      expect(typeof (parseQuestion(text)?.node ?? "")).toBe("string");
    }),
  );
});

it("takes what another agent did not say, or says strangely, for unknown", () => {
  expect(parseAnswer('{"tested":"ok"}')).toEqual({ tested: "ok", back: "unknown" });
  expect(parseAnswer('{"tested":"lost\\nFAKE LOG LINE","back":"lost"}')).toEqual({
    tested: "unknown",
    back: "lost",
  });
});
