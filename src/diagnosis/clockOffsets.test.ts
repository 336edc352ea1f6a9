import { expect, test } from "vitest";
import { createClockOffsets } from "./clockOffsets.ts";

const start = 1_800_000_000;

/** Reports of a node whose clock is `ahead`, each on its way for so many seconds. */
function offsetOf(ahead: number, delays: readonly number[], offsets = createClockOffsets()) {
  for (const [n, delay] of delays.entries()) {
    const sent = start + 5 * (n + 1);
    offsets.note({ node: "node-1", until: sent + ahead }, sent + delay);
  }
  return offsets.latest(start + 5 * delays.length + 5).get("node-1");
}

test.each([0, 40, -40])("of a clock that is %i s ahead the quickest report tells", (ahead) => {
  expect(offsetOf(ahead, [1, 0.1, 2])).toBeCloseTo(ahead - 0.1);
});

test("what comes late, after what is newer, does not count", () => {
  const offsets = createClockOffsets();
  offsetOf(-40, [1, 0.1, 2], offsets);
  offsets.note({ node: "node-1", until: start - 40 }, start + 16);
  expect(offsets.latest(start + 16).get("node-1")).toBeCloseTo(-40.1);
});

test("a clock that is set right is right a minute later, and who is silent has none", () => {
  const offsets = createClockOffsets();
  offsetOf(40, [0, 0], offsets);
  for (let at = start + 100; at < start + 120; at += 5) offsets.note({ node: "node-1", until: at }, at);
  expect(offsets.latest(start + 120).get("node-1")).toBe(0);
  expect(offsets.latest(start + 200)).toEqual(new Map());
});
