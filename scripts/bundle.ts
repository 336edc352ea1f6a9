import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { licencesIn } from "./licences.ts";

/** Where the image has its Node; distroless decides it, and `npm run rootfs` follows. */
export const imageNode = "/nodejs/bin/node";

/** Saves 4 to 5 MB against the best size of the young generation, at no cost in CPU (`bench/agent`); a shebang line takes one option. */
const nodeOption = "--optimize-for-size";

/**
 * Bundles the program into `folder`, laid out as the image's /usr/local: `bin/kubenurse`, which needs no shell to run,
 * and the modules in `lib/kubenurse`. What the program imports lazily stays in chunks of its own.
 * Returns esbuild's account of which source went into which file.
 */
export async function bundle(folder: string, plugins: Plugin[] = []): Promise<Metafile> {
  const modules = join(folder, "lib/kubenurse");
  const root = join(import.meta.dirname, "..");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/bin/kubenurse.ts"],
    outdir: modules,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    minifySyntax: true,
    banner: { js: requireForCommonJs },
    plugins,
    metafile: true,
    logLevel: "warning",
  });
  await writeFile(join(modules, "LICENCES"), await licencesIn(metafile, root));
  await makeExecutable(join(modules, "kubenurse.mjs"));
  await mkdir(join(folder, "bin"), { recursive: true });
  // Node takes the module type from the name behind the link.
  await symlink("../lib/kubenurse/kubenurse.mjs", join(folder, "bin/kubenurse"));
  return metafile;
}

/** Dependencies that are CommonJS require Node's own modules, and an ES module has no `require`. */
const requireForCommonJs =
  'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);';

async function makeExecutable(file: string) {
  const program = (await readFile(file, "utf8")).replace(/^#!.*\n/, "");
  await writeFile(file, `#!${imageNode} ${nodeOption}\n${program}`);
  await chmod(file, 0o755);
}

if (import.meta.main) {
  await rm("dist", { recursive: true, force: true });
  const { outputs } = await bundle("dist");
  for (const [file, { bytes }] of Object.entries(outputs)) {
    process.stderr.write(`${file} ${Math.ceil(bytes / 1024)} kB\n`);
  }
}
