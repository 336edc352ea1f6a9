import { execFile } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { healthy, report, startDiagnosisServer, viewOf } from "../../test/peers/handMadeDiagnosis.ts";

const source = new URL("./kubenurse.ts", import.meta.url).pathname;

/** 870 pairs are some 200 KiB of JSON. */
const many = { ...healthy, reports: Array.from({ length: 30 }, (_, n) => report(n, flowsToOthers(n))) };

function flowsToOthers(n: number) {
  return Array.from({ length: 30 }, (_, to) => to)
    .filter((to) => to !== n)
    .map((to) => ({
      ...{ probe: "http" as const, target: { kind: "node" as const, node: `node-${to}` } },
      ...{ good: 2, discarded: 0, bad: {} },
    }));
}

/** Runs kubenurse with a reader at the end of a pipe; its exit code is all that may be on the other way out. */
function piped(args: readonly string[], reader: string) {
  return new Promise<{ read: string; code: string }>((resolve) => {
    const script = `{ "$@"; echo $? >&2; } | { ${reader}; }`;
    execFile(
      "sh",
      ["-c", script, "sh", process.execPath, source, ...args],
      { env: { HOME: "/nonexistent", PATH: "/usr/bin:/bin" }, maxBuffer: 1e8 },
      (_, read, code) => resolve({ read, code }),
    );
  });
}

let agent: Awaited<ReturnType<typeof startDiagnosisServer>>;
beforeAll(async () => {
  agent = await startDiagnosisServer(viewOf(many));
});
afterAll(() => agent[Symbol.asyncDispose]());
const matrix = () => ["matrix", "--output", "json", "--url", agent.url.href];

test("more than a pipe holds arrives whole", async () => {
  const { read, code } = await piped(matrix(), "cat");
  expect(read.length).toBeGreaterThan(100_000);
  expect(JSON.parse(read)).toMatchObject({ pairCount: 870 });
  expect(code).toBe("0\n");
});

test.each([
  ["stops in the middle", "head -c 1"],
  ["reads nothing", "exec <&-"],
])("a reader that %s changes no exit code", async (_, reader) => {
  expect((await piped(matrix(), reader)).code).toBe("0\n");
  expect((await piped(["help", "matrix"], reader)).code).toBe("0\n");
});

test("what runs on ends with its reader", async () => {
  expect((await piped(["watch", "--url", agent.url.href], "exec <&-")).code).toBe("0\n");
});
