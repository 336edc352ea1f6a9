import { expect, test } from "vitest";
import { httpSubject } from "../../test/peers/subject.ts";
import type { Subject } from "../results/results.ts";
import { requestQuantiles } from "./requestQuantiles.ts";

const quantilesOf = (seconds: Record<string, number[]>, shownAs = ({ target }: Subject) => target) =>
  requestQuantiles(
    {
      subjects: () => Object.keys(seconds).map(httpSubject),
      recent: (type) => ({
        responseSeconds: seconds[type] ?? [],
        failures: 0,
      }),
    },
    shownAs,
  ).map(({ labels, value }) => [labels.type, labels.quantile, value]);

test("nearest rank: always a value that was measured", () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
  expect(quantilesOf({ a: hundred })).toEqual([
    ["a", 0.5, 50],
    ["a", 0.9, 90],
    ["a", 0.99, 99],
  ]);
  expect(quantilesOf({ a: [1, 2, 3] })).toEqual([
    ["a", 0.5, 2],
    ["a", 0.9, 3],
    ["a", 0.99, 3],
  ]);
});

test("one value is every quantile, and none gives none", () => {
  expect(quantilesOf({ a: [7], b: [] })).toEqual([
    ["a", 0.5, 7],
    ["a", 0.9, 7],
    ["a", 0.99, 7],
  ]);
});

test("types shown as one are ranked together", () => {
  expect(quantilesOf({ a: [1, 4], b: [2, 3] }, () => "all")).toEqual([
    ["all", 0.5, 2],
    ["all", 0.9, 4],
    ["all", 0.99, 4],
  ]);
});
