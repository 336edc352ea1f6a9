import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { bundle } from "../../scripts/bundle.ts";

/** What is to be run, and the options that the bundle gives to Node. */
export interface Programs {
  readonly agent: string;
  readonly bareServer: string;
  readonly nodeOptions: readonly string[];
}

const source = (name: string) => join(import.meta.dirname, name);

/** The program of the image but for its edges to the world. */
const withMeasuredEdges: Plugin = {
  name: "measured edges",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/realEdges\.ts$/ }, ({ importer }) =>
      importer.endsWith("measuredEdges.ts") ? null : { path: source("measuredEdges.ts") },
    ),
};

/** Those of another source tree, by its own copy of this benchmark. */
export async function buildProgramsOf(tree: string, directory: string): Promise<Programs> {
  const theirs = (await import(join(tree, "bench/agent/programs.ts"))) as typeof import("./programs.ts");
  return theirs.buildPrograms(directory);
}

export async function buildPrograms(directory: string): Promise<Programs> {
  await bundle(directory, [withMeasuredEdges]);
  const agent = join(directory, "lib/kubenurse/kubenurse.mjs");
  const [shebang = ""] = (await readFile(agent, "utf8")).split("\n");
  const bareServer = join(directory, "bareServer.mjs");
  await build({
    entryPoints: [source("bareServer.ts")],
    outfile: bareServer,
    ...{ format: "esm", platform: "node", target: "node24" },
  });
  return { agent, bareServer, nodeOptions: shebang.split(" ").slice(1) };
}
