import { expect, test } from "vitest";
import { deadNode, viewOf } from "../../test/peers/handMadeDiagnosis.ts";
import { diagnosisState } from "./diagnosisState.ts";
import type { Leadership } from "./view.ts";

const clock = { wallNow: () => deadNode.until + 4 };
const received = { accepted: 12, late: 1 };
const analysis = {
  ...{ ageSeconds: 4, durationSeconds: 0.012, reporters: 3, opened: 2 },
  findings: [{ component: "node", name: "node-3", cause: "node_down", confidence: 0.97 }],
};

test("the leader, and an agent that is alone, show their analysis", () => {
  expect(diagnosisState(viewOf(deadNode), clock)).toEqual({ leads: true, received, analysis });
  const alone = viewOf(deadNode, { state: "alone" });
  expect(diagnosisState(alone, clock)).toEqual({ leads: false, received, analysis });
});

test.each<Leadership>([
  { state: "none" },
  { state: "peer", pod: "nurse-2", url: new URL("http://127.0.0.1:8080") },
])("an agent with %j shows none", (leadership) => {
  expect(diagnosisState(viewOf(deadNode, leadership), clock)).toEqual({ leads: false, received });
});

test("before its first analysis the leader shows that it leads", () => {
  expect(diagnosisState(viewOf(undefined), clock)).toEqual({ leads: true, received });
});
