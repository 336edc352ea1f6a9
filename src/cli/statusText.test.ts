import { expect, test } from "vitest";
import { headLines } from "./statusText.ts";

const analysis = { source: "leader", pod: "nurse-1", ageSeconds: 4, openFindings: 0 } as const;
const nodes = (count: number) => Array.from({ length: count }, (_, n) => `node-${n}`);

test.each([
  [0, []],
  [1, ["Silent: node-0."]],
  [5, ["Silent: node-0, node-1, node-2, node-3, node-4."]],
  [7, ["Silent: node-0, node-1, node-2, node-3, node-4 and 2 more."]],
  [80, ["Silent: node-0, node-1, node-2, node-3, node-4 and 75 more."]],
])("of %i agents that the leader does not hear, the first five are named", (count, said) => {
  const silent = nodes(Math.min(count, 50));
  expect(headLines({ ...analysis, reporters: 100, agents: 100 + count, silent }).slice(2)).toEqual(said);
});

test("of those that are heard and whose clock is off, it is said", () => {
  const clockOffsets = { "node-0": 40, "node-1": -3605 };
  const [said] = headLines({ ...analysis, reporters: 1, agents: 4, silent: nodes(3), clockOffsets }).slice(2);
  expect(said).toBe(
    "Silent: node-0 (its clock is 40s ahead of the leader's), node-1 (its clock is 1h00m behind the leader's), node-2.",
  );
});

test("who judges alone hears only itself, which is no silence of others", () => {
  const alone = { ...analysis, source: "own", why: "no leader is known" } as const;
  expect(headLines({ ...alone, reporters: 1, agents: 3, silent: nodes(2) })).toHaveLength(2);
});
