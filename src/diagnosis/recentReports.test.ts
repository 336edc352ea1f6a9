import { expect, test } from "vitest";
import { report } from "../../test/peers/handMadeDiagnosis.ts";
import { createRecentReports } from "./recentReports.ts";

const reportOf = (n: number, until: number) => report(n, [], { from: until - 5, until });

test("of a few agents the last minute is kept", () => {
  const recent = createRecentReports();
  for (let until = 5; until <= 100; until += 5) for (const n of [1, 2]) recent.add(reportOf(n, until));
  const kept = recent.latest(100);
  expect(kept.map(({ until }) => until).toSorted((a, b) => a - b)[0]).toBe(45);
  expect(kept).toHaveLength(24);
});

test("of many agents the last report of each is kept, as long as it is of the last minute", () => {
  const recent = createRecentReports();
  for (const until of [5, 10, 15]) for (let n = 1; n <= 1000; n += 1) recent.add(reportOf(n, until));
  const kept = recent.latest(15);
  expect(new Set(kept.map(({ pod }) => pod)).size).toBe(1000);
  expect(kept.length).toBeLessThan(1700);
  recent.add(reportOf(1, 100));
  expect(recent.latest(100).map(({ node, until }) => `${node} ${until}`)).toEqual(["node-1 100"]);
});
