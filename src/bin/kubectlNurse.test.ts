import { execFile } from "node:child_process";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { buildPlugin } from "../../scripts/plugin.ts";
import { deadNode, healthy, startDiagnosisServer, viewOf } from "../../test/peers/handMadeDiagnosis.ts";
import { closedPort } from "../../test/peers/httpPeer.ts";

/** Runs an executable as kubectl does, with this Node on its PATH. */
function run(program: string, args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { HOME: "/nonexistent", PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
    const child = execFile(program, args, { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const source = new URL("./kubenurse.ts", import.meta.url).pathname;
const kubenurse = (...args: string[]) => run(process.execPath, [source, ...args]);

/** The two are asked one after the other, and the finding grows older meanwhile. */
const untimed = ({ stdout, ...rest }: { stdout: string }) => ({
  ...rest,
  stdout: stdout.replace(/Open( +)for [\dhms]+,/, "Open$1for a while,"),
});

test("the plugin is one file that says the same as kubenurse, with the exit codes of its help", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "plugin-"));
  const plugin = await buildPlugin(folder.path);
  await using broken = await startDiagnosisServer(viewOf(deadNode));
  await using well = await startDiagnosisServer(viewOf(healthy));

  const found = await run(plugin, ["status", "--url", broken.url.href]);
  expect(found).toMatchObject({ code: 1, stderr: "" });
  expect(found.stdout).toMatch(/^1 finding open\.\n[\s\S]*node_down/);
  expect((await run(plugin, ["status", "--url", well.url.href])).code).toBe(0);
  const explain = ["explain", "f1", "--url", broken.url.href];
  expect(untimed(await kubenurse(...explain))).toEqual(untimed(await run(plugin, explain)));

  const url = `http://127.0.0.1:${await closedPort()}`;
  const deaf = await run(plugin, ["matrix", "--url", url]);
  expect(deaf).toMatchObject({ code: 2, stdout: "" });
  expect(deaf.stderr).toMatch(/^can't tell: .* does not answer: connect ECONNREFUSED .*\n$/);
});

test.each([
  [
    "an unknown form",
    ["status", "--output", "xml"],
    /'xml' is invalid\. Allowed choices are table, wide, json/,
  ],
  ["no id", ["explain"], /missing required argument 'id'/],
  ["an unknown option", ["watch", "--output", "json"], /unknown option '--output'/],
])("%s ends with 2", async (_, args, complaint) => {
  const { code, stderr } = await kubenurse(...args);
  expect(stderr).toMatch(complaint);
  expect(code).toBe(2);
});

test.each(["status", "findings", "explain", "matrix", "watch"])(
  "the help of %s has examples",
  async (name) => {
    const { code, stdout } = await kubenurse("help", name);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: kubenurse ${name} [options]`);
    expect(stdout).toMatch(new RegExp(`Examples:\n  kubenurse ${name}`));
  },
);
