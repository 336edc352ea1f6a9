import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bundle, imageNode } from "./bundle.ts";

/** The image's user, as in distroless images. */
export const nonroot = { name: "nonroot", id: 65532 };
const caBundle = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Builds the image's file tree in `folder` without a registry: this Node and the shared libraries it needs, the CA
 * certificates of this machine, and the bundle. Calls `progress` before each step. Returns the tree's size in bytes.
 * @throws Error with what to do, where `folder` is not empty or this machine lacks something.
 */
export async function buildRootfs(folder: string, progress: (step: string) => void): Promise<number> {
  requireNode24();
  await requireEmpty(folder);
  progress(`node ${process.version}`);
  const node = await realpath(process.execPath);
  await copy(node, join(folder, imageNode));
  for (const library of sharedLibraries(node)) {
    progress(library);
    await copy(await realpath(library), join(folder, library));
  }
  progress(caBundle);
  await copyCaCertificates(folder);
  progress("the bundle");
  await bundle(join(folder, "usr/local"));
  await writeSystemFiles(folder);
  return sizeOf(folder);
}

function requireNode24() {
  if (process.versions.node.startsWith("24.")) return;
  throw new Error(`the image needs Node 24 and this is ${process.version}; run it as: npm run rootfs -- DIR`);
}

async function requireEmpty(folder: string) {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0)
    throw new Error(`${folder} is not empty; name an empty or new folder`);
}

/** Absolute paths of the libraries and of the loader, where the executable asks for them. */
function sharedLibraries(executable: string): string[] {
  const lines = execFileSync("ldd", [executable], { encoding: "utf8" }).split("\n");
  const missing = lines.filter((line) => line.includes("not found"));
  if (missing.length > 0)
    throw new Error(`this machine lacks libraries of ${executable}: ${missing.join(", ")}`);
  return lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

async function copyCaCertificates(folder: string) {
  try {
    await copy(caBundle, join(folder, caBundle));
  } catch (error) {
    throw new Error(`no CA certificates: ${(error as Error).message}; install the package ca-certificates`);
  }
}

async function copy(from: string, to: string) {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** The user, the order of name lookup (without it, C programs may ask DNS before /etc/hosts), and a /tmp anyone may use. */
async function writeSystemFiles(folder: string) {
  const { name, id } = nonroot;
  await writeFile(join(folder, "etc/passwd"), `${name}:x:${id}:${id}:${name}:/tmp:/sbin/nologin\n`);
  await writeFile(join(folder, "etc/group"), `${name}:x:${id}:\n`);
  await writeFile(join(folder, "etc/nsswitch.conf"), "hosts: files dns\n");
  await mkdir(join(folder, "tmp"));
  await chmod(join(folder, "tmp"), 0o1777);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  try {
    if (folder === undefined) throw new Error("usage: npm run rootfs -- DIR");
    const bytes = await buildRootfs(folder, (step) => process.stderr.write(`adding ${step}\n`));
    process.stderr.write(`${folder}: ${Math.ceil(bytes / 1e6)} MB\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
