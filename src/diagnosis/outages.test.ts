import { expect, test } from "vitest";
import { finding } from "../../test/peers/handMadeDiagnosis.ts";
import { readOutages, writeOutages } from "./outages.ts";

const long = "x".repeat(250);
const huge = (id: string) => {
  const one = finding({ id, summary: long.repeat(4), checkNext: Array(20).fill(long) });
  const { explained } = one.evidence;
  const evidence = {
    ...one.evidence,
    reporters: Array(50).fill(long),
    explained: Array(50).fill({ ...explained[0], node: long }),
  };
  return { ...one, evidence };
};

test("what is written fits in a ConfigMap, with the most certain findings", () => {
  const open = Array.from({ length: 200 }, (_, index) => huge(`open-${index}`));
  const closed = Array.from({ length: 200 }, (_, index) => huge(`closed-${index}`));
  const written = writeOutages({ open, closed });
  expect(Buffer.byteLength(JSON.stringify(written))).toBeLessThan(512 * 1024);
  const kept = readOutages(written);
  expect(kept?.open.length).toBeGreaterThan(10);
  expect(kept?.open.map(({ id }) => id)).toEqual(open.slice(0, kept?.open.length).map(({ id }) => id));
});

test("evidence is cut, and twenty closed findings are kept", () => {
  const closed = Array.from({ length: 30 }, (_, index) => finding({ id: `closed-${index}` }));
  const kept = readOutages(writeOutages({ open: [huge("open")], closed }));
  expect(kept?.open[0]?.evidence.reporters).toHaveLength(20);
  expect(kept?.open[0]?.evidence.explained).toHaveLength(10);
  expect(kept?.closed.map(({ id }) => id)).toEqual(closed.slice(0, 20).map(({ id }) => id));
});

test.each([
  {},
  { version: "2", open: "[]", closed: "[]" },
  { version: "1", open: "[]" },
  { version: "1", open: "{}", closed: "[]" },
  { version: "1", open: "[null]", closed: "[]" },
  { version: "1", open: "[", closed: "[]" },
  { version: "1", open: JSON.stringify([{ ...finding(), evidence: undefined }]), closed: "[]" },
])("%j is not what was written", (data) => {
  expect(readOutages(data)).toBeUndefined();
});
