import { expect, test } from "vitest";
import { createClockOffsets } from "./clockOffsets.ts";

const start = 1_800_000_000;

/** Reports of a node whose clock is `ahead`, each on its way for so many seconds. */
function offsetsOf(ahead: number, delays: readonly number[]) {
  const offsets = createClockOffsets();
  for (const [n, delay] of delays.entries()) {
    const sent = start + 5 * (n + 1);
    offsets.note({ node: "node-1", until: sent + ahead }, sent + delay);
  }
  return offsets;
}

test.each([0, 40, -40])("of a clock that is %i s ahead the quickest report tells", (ahead) => {
  expect(offsetsOf(ahead, [1, 0.1, 2, 0.5]).of("node-1", start + 25)).toBeCloseTo(ahead - 0.1);
});

test.each([
  ["two", [0.1, 0.2]],
  ["delayed ones, each by another time,", [15, 11, 7, 17]],
])("%s tell nothing", (_which, delays) => {
  expect(offsetsOf(0, delays).of("node-1", start + 40)).toBeUndefined();
});

test("what comes late, after what is newer, does not count", () => {
  const offsets = offsetsOf(-40, [1, 0.1, 0.2]);
  offsets.note({ node: "node-1", until: start - 35 }, start + 16);
  expect(offsets.of("node-1", start + 16)).toBeCloseTo(-40.1);
});

test("a clock that is set right is right a minute later, and who is silent has none", () => {
  const offsets = offsetsOf(40, [0, 0, 0]);
  for (let at = start + 100; at < start + 120; at += 5) offsets.note({ node: "node-1", until: at }, at);
  expect(offsets.of("node-1", start + 120)).toBe(0);
  expect(offsets.of("node-1", start + 200)).toBeUndefined();
});
