import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { bundle, imageNode } from "../scripts/bundle.ts";
import { buildRootfs, nonroot } from "../scripts/rootfs.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubenurse-image-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("the root file system agrees with the Dockerfile, and its Node runs its entry point", async () => {
  const rootfs = join(folder, "rootfs");
  await buildRootfs(rootfs, () => {});
  const dockerfile = await readFile(join(import.meta.dirname, "../Dockerfile"), "utf8");
  const [, entryPoint = ""] = /^ENTRYPOINT \["(.+)"\]$/m.exec(dockerfile) ?? [];
  const [, user] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
  const [, libraryParent = ""] = /^COPY --from=build \/build\/dist\/ (.+)\/$/m.exec(dockerfile) ?? [];
  const [, nodeMajor] = /^FROM gcr\.io\/distroless\/nodejs(\d+)-/m.exec(dockerfile) ?? [];

  expect(entryPoint).toBe("/usr/local/bin/kubenurse");
  expect(Number(user)).toBe(nonroot.id);
  expect(dirname(dirname(entryPoint))).toBe(libraryParent);
  expect(manifest.devDependencies.node).toMatch(new RegExp(`^${nodeMajor}\\.`));

  const program = join(rootfs, entryPoint);
  expect((await readFile(program, "utf8")).split("\n")[0]).toMatch(new RegExp(`^#!${imageNode} --\\S+$`));
  expect((await stat(program)).mode & 0o111).toBe(0o111);
  const { stdout } = await promisify(execFile)(join(rootfs, imageNode), [program, "--version"]);
  expect(stdout.trim()).toBe(manifest.version);
  expect(await readFile(join(rootfs, "etc/passwd"), "utf8")).toContain(`:${nonroot.id}:`);
  expect((await stat(join(rootfs, "tmp"))).mode & 0o1777).toBe(0o1777);

  await expect(buildRootfs(rootfs, () => {})).rejects.toThrow(`${rootfs} is not empty`);
}, 60_000);

test("what an agent in a cluster does not need is loaded only when asked for", async () => {
  const metafile = await bundle(join(folder, "bundle"));
  const sources = (outputs: readonly string[]) =>
    outputs.flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
  const lazy = /^src\/demo\/|^node_modules\/@kubernetes\//;

  expect(sources(Object.keys(metafile.outputs)).filter((source) => lazy.test(source))).not.toEqual([]);
  expect(sources(loadedByAgent(metafile)).filter((source) => lazy.test(source))).toEqual([]);
}, 60_000);

/** The files of the program and of the agent, which it loads at once, and every file that these import, directly or not. */
function loadedByAgent({ outputs }: Metafile): string[] {
  const starts = ["src/bin/kubenurse.ts", "src/bin/runAgent.ts"];
  const loaded = new Set(
    Object.keys(outputs).filter((file) => starts.includes(outputs[file]?.entryPoint ?? "")),
  );
  if (loaded.size !== starts.length) throw new Error(`the bundle lacks one of ${starts}`);
  for (const file of loaded) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && path in outputs) loaded.add(path);
    }
  }
  return [...loaded];
}
