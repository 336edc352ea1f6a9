import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** Runs the check in a Node that says it is `version`. */
function checkAs(version: string) {
  const disguise = `Object.defineProperty(process, "versions", { value: { node: "${version}" } })`;
  const script = new URL("./nodeVersion.js", import.meta.url).pathname;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(disguise)}`, script],
    { encoding: "utf8" },
  );
  return { status, stderr };
}

test.each(["22.18.0", "24.21.0", "25.0.0"])("Node %s is new enough", (version) => {
  expect(checkAs(version)).toEqual({ status: 0, stderr: "" });
});

test.each(["18.20.0", "20.19.0", "22.17.1"])("Node %s gets one line that says what to do", (version) => {
  const { status, stderr } = checkAs(version);
  expect(status).toBe(1);
  expect(stderr).toBe(
    `kubenurse needs Node 22.18 or newer, this is ${version}: run it through npm, which brings Node 24 ` +
      "(npm ci --ignore-scripts=false), or install Node 24\n",
  );
});
