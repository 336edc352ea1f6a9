import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** Writes the kubectl plugin into `folder` as one file, which runs with the Node of the PATH; returns its path. */
export async function buildPlugin(folder: string): Promise<string> {
  const outfile = join(folder, "kubectl-nurse");
  await mkdir(folder, { recursive: true });
  await build({
    absWorkingDir: join(import.meta.dirname, ".."),
    entryPoints: ["src/bin/kubectlNurse.ts"],
    outfile,
    bundle: true,
    // Without an extension, every Node takes a file for CommonJS, and so even an old one can say that it is too old.
    format: "cjs",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    legalComments: "inline",
    logLevel: "warning",
  });
  await chmod(outfile, 0o755);
  return outfile;
}

if (import.meta.main) {
  const [folder = "dist/plugin"] = process.argv.slice(2);
  process.stderr.write(`${await buildPlugin(folder)}\n`);
}
