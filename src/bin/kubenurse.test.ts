import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

/** Runs the executable with nothing but `environment`. */
function kubenurse(args: string[], environment: Record<string, string> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const program = new URL("./kubenurse.ts", import.meta.url).pathname;
    const child = execFile(
      process.execPath,
      [program, ...args],
      { env: { HOME: "/nonexistent", ...environment } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test("--version prints the package's version", async () => {
  expect(await kubenurse(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

test.each([["--help"], ["help"]])("%s names the commands", async (argument) => {
  const { code, stdout } = await kubenurse([argument]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: kubenurse \[command\]\n[\s\S]*\n {2}check-config [\s\S]*\n {2}demo /);
});

test("analyse has a help, takes no argument, and refuses what it can't work with", async () => {
  const { code, stdout } = await kubenurse(["analyse", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: kubenurse analyse [\s\S]*KUBENURSE_DIAGNOSIS=report/);
  expect(await kubenurse(["analyse", "now"])).toMatchObject({
    ...{ code: 2, stdout: "", stderr: expect.stringContaining("too many arguments") },
  });
  const { code: refused, stderr } = await kubenurse(["analyse"], { KUBENURSE_DIAGNOSIS: "off" });
  expect(refused).toBe(2);
  expect(stderr).toMatch(/^KUBENURSE_DIAGNOSIS: got "off", .*; expected report, or on$/m);
});

test.each([
  ["chek-config", "error: unknown command 'chek-config'\n(Did you mean check-config?)\n"],
  ["xyz", "error: unknown command 'xyz'\n"],
  ["--verison", "error: unknown option '--verison'\n(Did you mean --version?)\n"],
])("%s ends with 2 and the nearest name", async (argument, stderr) => {
  expect(await kubenurse([argument])).toEqual({ code: 2, stdout: "", stderr });
});

test("check-config prints the settings, and warnings apart from them", async () => {
  const { code, stdout, stderr } = await kubenurse(["check-config"], { KUBENURSE_INSECURE: "1" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^KUBENURSE_INSECURE=1 \(environment\)$/m);
  expect(stderr).toBe('KUBENURSE_INSECURE: got "1", which leaves it off, since it is not exactly true\n');
});

test.each([[["check-config"]], [[]]])("%j ends with 2 and a line for each bad setting", async (args) => {
  const bad = { KUBENURSE_NEIGHBOUR_LIMIT: "ten", KUBENURSE_EXTRA_CA: "/nonexistent" };
  expect(await kubenurse(args, bad)).toEqual({
    code: 2,
    stdout: "",
    stderr:
      'KUBENURSE_NEIGHBOUR_LIMIT: got "ten": not an integer; expected a decimal integer\n' +
      'KUBENURSE_EXTRA_CA: got "/nonexistent": can\'t be read (ENOENT); expected a readable file with PEM certificates\n',
  });
});
