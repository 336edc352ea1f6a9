import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "..", "src");

/** The way of the data: a folder imports only from folders to its left. */
const order = [
  "config",
  "discovery",
  "mesh",
  "schedule",
  "probes",
  "results",
  "checks",
  "metrics",
  "diagnosis",
  "server",
  "cli",
  "ui",
  "demo",
];
/** Domain-free leaves that everybody may import. */
const leaves = ["lib", "edges.ts"];
/** The composition roots and what replaces or runs them. */
const roots = ["agent.ts", "analyser.ts", "realEdges.ts", "realDatagrams.ts", "bin"];

/** The folder of a file below `src/`, or the file itself at the top. */
const room = (path: string) => path.split("/")[0] ?? "";

/** What is wrong with a file's imports; `path` is relative to `src/`. */
function violations(path: string, text: string): string[] {
  const from = room(path);
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target = ""]) =>
    normalize(join(dirname(path), target)),
  );
  return imported
    .filter((target) => !isAllowed(from, room(target)))
    .map((target) => `${path} imports ${target}`);
}

function isAllowed(from: string, to: string): boolean {
  if (to === from || leaves.includes(to)) return true;
  if (to.startsWith("..")) return to === ".." && from === "lib";
  if (leaves.includes(from)) return false;
  // The demo runs whole agents.
  if (roots.includes(from)) return true;
  if (from === "demo" && to !== "bin") return true;
  return order.includes(from) && order.indexOf(to) !== -1 && order.indexOf(to) < order.indexOf(from);
}

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts"))
  .map((entry) => relative(source, join(entry.parentPath, entry.name)));

describe("the tree of src/", () => {
  it("is the way of the data: every folder imports only from its left", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => violations(path, readFileSync(join(source, path), "utf8")))).toEqual([]);
  });

  it.each([
    ["probes/x.ts", `import { y } from "../metrics/y.ts";`],
    ["config/x.ts", `const y = await import("../server/y.ts");`],
    ["lib/x.ts", `import type { Config } from "../config/config.ts";`],
    ["server/x.ts", `import { agent } from "../agent.ts";`],
    ["results/x.ts", `export { y } from "../demo/y.ts";`],
  ])("has a check that finds a violation planted in %s", (path, text) => {
    expect(violations(path, text)).toHaveLength(1);
  });

  it("has only folders that have their place in that order", () => {
    const known = [...order, ...leaves, ...roots];
    expect([...new Set(files.map(room))].filter((name) => !known.includes(name))).toEqual([]);
  });

  it("keeps lib/ to at most eight files", () => {
    const lib = files.filter((path) => room(path) === "lib");
    expect(lib.length).toBeGreaterThan(0);
    expect(lib.length).toBeLessThanOrEqual(8);
  });

  it("has one place that ends the process", () => {
    const ending = files.filter((path) => readFileSync(join(source, path), "utf8").includes("process.exit("));
    expect(ending.length).toBeGreaterThan(0);
    expect(ending.map(room).filter((name) => name !== "bin")).toEqual([]);
  });
});
