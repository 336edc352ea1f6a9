import { expect, test } from "vitest";
import { deadNode, finding } from "../../test/peers/handMadeDiagnosis.ts";
import type { FindingsAnswer } from "../server/answers.ts";
import { watch } from "./watch.ts";

const healthy: FindingsAnswer = {
  analysis: { source: "leader", pod: "nurse-1", ageSeconds: 4, reporters: 4, openFindings: 0 },
  ...{ open: [], closed: [] },
};
const broken: FindingsAnswer = {
  ...healthy,
  analysis: { ...healthy.analysis, openFindings: 1 },
  open: [finding()],
};

/** Watches through the answers one after the other, and is ended after the last; an error is thrown. */
async function watchThrough(answers: readonly (FindingsAnswer | Error)[], columns: number) {
  const ending = new AbortController();
  const left = [...answers];
  let text = "";
  const terminal = {
    ...{ columns, rows: columns === Infinity ? Infinity : 5, color: false },
    write(part: string) {
      text += part;
    },
  };
  const ask = async () => {
    const next = left.shift();
    if (left.length === 0) ending.abort();
    if (next instanceof Error) throw next;
    return next ?? healthy;
  };
  const code = await watch(ask, terminal, () => deadNode.until, ending.signal);
  return { code, text };
}

test("in a pipe it tells each change once, and ends with the last verdict", async () => {
  const { code, text } = await watchThrough(
    [healthy, healthy, broken, new Error("nobody is there")],
    Infinity,
  );
  expect(text.match(/^(Healthy|1 finding|Can't tell).*$/gm)).toEqual([
    "Healthy: no finding is open.",
    "1 finding open.",
    "Can't tell: nobody is there.",
  ]);
  expect(code).toBe(2);
});

test("on a terminal it draws in place on the second screen, and leaves it", async () => {
  const { code, text } = await watchThrough([broken], 40);
  expect(code).toBe(1);
  expect(text.startsWith("\x1b[?1049h")).toBe(true);
  expect(text.endsWith("\x1b[?1049l")).toBe(true);
  expect(text.split("\r\n")).toHaveLength(5);
  expect(text.split("\r\n").every((line) => line.length < 80)).toBe(true);
});
