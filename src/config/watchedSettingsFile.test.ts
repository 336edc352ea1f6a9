import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import { type SimulatedClock, simulatedClock } from "../../test/peers/simulatedClock.ts";
import { ConfigError } from "./configError.ts";
import { type WatchedSettingsFile, watchSettingsFile } from "./watchedSettingsFile.ts";

const path = join(mkdtempSync(join(tmpdir(), "settings-file-")), "nurse.yaml");
let clock: SimulatedClock;
let seen: string[][];
let lines: string[];

beforeEach(() => {
  clock = simulatedClock();
  seen = [];
  lines = [];
});

/** As a mounted ConfigMap changes: another file takes the name. */
function write(...hostnames: string[]): void {
  const checks = hostnames.map((hostname) => `- {name: ${hostname}, kind: lookup, hostname: ${hostname}}\n`);
  writeFileSync(`${path}.new`, `checks:\n${checks.join("")}`);
  renameSync(`${path}.new`, path);
}

const watch = (): Promise<WatchedSettingsFile> =>
  watchSettingsFile(
    path,
    { clock, log: pino({}, { write: (line: string) => lines.push(line) }) },
    ({ checks }) => seen.push(checks.map(({ name }) => name)),
  );

test("a changed file counts within five seconds, and an unchanged one is not read again", async () => {
  write("a");
  const watched = await watch();
  expect(seen).toEqual([["a"]]);
  await clock.advance(60);
  expect(seen).toHaveLength(1);
  write("a", "b");
  await clock.advance(5);
  expect(seen).toEqual([["a"], ["a", "b"]]);
  expect(watched.state()).toEqual({ successful: true, at: clock.wallNow() });
  watched.stop();
  write("c");
  await clock.advance(60);
  expect(seen).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test("a bad or missing file leaves what was, says so once, and the next good one counts", async () => {
  write("a");
  const watched = await watch();
  const { at } = watched.state();
  write("me_service");
  await clock.advance(60);
  expect(watched.state()).toEqual({ successful: false, at });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/checks\[0\]\.name: is taken/);
  rmSync(path);
  await clock.advance(60);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/can't be read \(ENOENT\)/);
  expect(seen).toEqual([["a"]]);
  write("a", "b");
  await clock.advance(5);
  expect(seen).toEqual([["a"], ["a", "b"]]);
  expect(watched.state().successful).toBe(true);
  watched.stop();
});

test("a file that can't be used at first is refused", async () => {
  rmSync(path, { force: true });
  await expect(watch()).rejects.toThrow(ConfigError);
  write("path_a");
  await expect(watch()).rejects.toThrow(/KUBENURSE_CONFIG: .*is taken/);
});
