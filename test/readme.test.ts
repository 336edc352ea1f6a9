import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { helm } from "./chart/helm.ts";

const root = join(import.meta.dirname, "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The commands of the README's shell blocks, a continued one as one line. */
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = ""]) => block.replace(/\s*\\\n\s*/g, " ").split(/\n|&&/))
  .map((command) => command.trim())
  .filter((command) => command !== "");
const commandsOf = (program: string) => commands.filter((command) => command.startsWith(`${program} `));

describe("the README", () => {
  it("starts the demo with the command it gives", async () => {
    expect(commandsOf("npm")).toContain("npm start");
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, npm_config_update_notifier: "false" };
    const args = ["start", "--silent", "--", "--nodes", "3", "--interval", "1s", "--duration", "6s"];
    const { stdout } = await promisify(execFile)("npm", args, { cwd: root, env });
    expect(stdout).toMatch(/3 nodes, \d+\/\d+ checks ok/);
  });

  it("names npm scripts that exist", () => {
    const scripts = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = ""]) => name);
    expect(scripts.length).toBeGreaterThan(2);
    const known = [...Object.keys(manifest.scripts), "ci", "are"];
    expect(scripts.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("gives Helm commands that render", async () => {
    const installs = commandsOf("helm install");
    expect(installs).toHaveLength(2);
    for (const install of installs) {
      const [, , name = "", , ...args] = install.split(" ");
      const rendered = await helm("template", name, join(root, "chart"), ...args);
      expect(rendered).toContain("kind: DaemonSet");
    }
  });

  it("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\(([^):#]+)\)/g)].map(([, target = ""]) => target);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });
});
