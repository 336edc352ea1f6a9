import { mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createChangingFile } from "./changingFile.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "changing-file-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("an untouched file keeps its version", () => {
  const path = join(directory, "token");
  writeFileSync(path, "one");
  const file = createChangingFile(path);
  expect(file.read()).toEqual({ content: "one", version: 1 });
  expect(file.read()).toEqual({ content: "one", version: 1 });
});

test("a rewrite of the same length is seen by its time", () => {
  const path = join(directory, "token");
  writeFileSync(path, "one");
  const file = createChangingFile(path);
  file.read();
  writeFileSync(path, "two");
  utimesSync(path, 1, 1);
  expect(file.read()).toEqual({ content: "two", version: 2 });
});

test("a link that is swapped, as the kubelet does with Secrets, is seen", () => {
  writeFileSync(join(directory, "first"), "one");
  writeFileSync(join(directory, "second"), "two");
  const path = join(directory, "token");
  symlinkSync("first", path);
  const file = createChangingFile(path);
  expect(file.read().content).toBe("one");
  symlinkSync("second", join(directory, "next"));
  renameSync(join(directory, "next"), path);
  expect(file.read()).toEqual({ content: "two", version: 2 });
});

test("a missing file throws, and the file is read once it is back", () => {
  const path = join(directory, "token");
  const file = createChangingFile(path);
  expect(() => file.read()).toThrow("ENOENT");
  writeFileSync(path, "one");
  expect(file.read()).toEqual({ content: "one", version: 1 });
});
