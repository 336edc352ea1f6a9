import { expect, test } from "vitest";
import type { AnalysisAnswer } from "../server/answers.ts";
import { verdictOf } from "./verdict.ts";

const analysis: AnalysisAnswer = {
  ...{ source: "leader", pod: "nurse-1", until: 1000, ageSeconds: 3 },
  ...{ reporters: 4, openFindings: 0 },
};

test.each<[string, Partial<AnalysisAnswer>, string]>([
  ["hears all", { agents: 4 }, "healthy"],
  ["hears half", { agents: 8 }, "healthy"],
  ["hears fewer than half", { agents: 9 }, "unknown"],
  ["does not know how many there are", {}, "healthy"],
  ["hears nobody", { reporters: 0, agents: 4 }, "unknown"],
  ["hears nobody, and does not know how many there are", { reporters: 0 }, "unknown"],
  ["hears nobody, where there is nobody", { reporters: 0, agents: 0 }, "unknown"],
])("a leader that %s", (_, changed, state) => {
  expect(verdictOf({ ...analysis, ...changed }).state).toBe(state);
});
