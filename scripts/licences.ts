import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** The licences of all packages that went into a bundle made in `root`, which ask to be passed on with it. */
export async function licencesIn({ inputs }: Metafile, root: string): Promise<string> {
  const folders = new Set(Object.keys(inputs).flatMap((file) => packageFolder.exec(file)?.[0] ?? []));
  const licences = await Promise.all([...folders].sort().map((folder) => licenceOf(join(root, folder))));
  return licences.join("\n");
}

/** Greedy, for packages inside packages. */
const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^(?:licen[cs]e|copying)\b/i.test(entry));
  const text = file === undefined ? `Licence: ${license}\n` : await readFile(join(folder, file), "utf8");
  return `=== ${name} ${version} ===\n\n${text}`;
}
