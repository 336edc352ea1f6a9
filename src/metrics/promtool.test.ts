import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leading, runEveryCheck, wholeMesh } from "../../test/peers/everyCheck.ts";
import { linesOf, meteredChecks } from "../../test/peers/meteredChecks.ts";
import { cpuThrottlingOf } from "../schedule/cgroup.ts";
import { catalogue } from "./catalogue.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "metrics-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A rendering in which every family has a sample. */
async function fullText(environment: Record<string, string> = {}): Promise<string> {
  const cgroup = { cgroupRoot: directory, procSelf: join(directory, "proc") };
  mkdirSync(cgroup.procSelf);
  writeFileSync(join(cgroup.procSelf, "cgroup"), "0::/\n");
  writeFileSync(join(directory, "cpu.stat"), "nr_periods 3\nnr_throttled 2\nthrottled_usec 1500000\n");
  const { metrics, results, ok, fail } = meteredChecks(environment, {
    readThrottling: cpuThrottlingOf(cgroup),
    processMetrics: true,
    proc: "/proc",
    mesh: () => wholeMesh,
    diagnosis: () => leading,
    settingsFile: () => ({ successful: true, at: 1_700_000_000 }),
    echo: () => ({ answered: 1, dropped: { unknown: 0 } }),
  });
  runEveryCheck(results);
  ok("me_service", { resolve: 0.001, connect: 0.001, tls: 0.002, processing: 0.00001, transfer: 0.1 });
  fail("path_b", { phase: "tls", reason: "tls_error", phases: { connect: 1, tls: 1 } });
  ok('extra "quoted" \\ check', { processing: 1e-7 });
  try {
    return await metrics.render();
  } finally {
    metrics.stop();
  }
}

const promtool = spawnSync("promtool", ["--version"]);
const missing = promtool.error !== undefined && !process.env.CI;

test.skipIf(missing)(
  `promtool finds nothing to say${missing ? " (skipped: no promtool; run scripts/install-test-tools)" : ""}`,
  async () => {
    const { status, stdout, stderr, error } = spawnSync("promtool", ["check", "metrics"], {
      input: await fullText(),
      encoding: "utf8",
    });
    expect({ status, stdout, stderr, error }).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
      error: undefined,
    });
  },
);

test("every family of the catalogue can be seen, but those of the garbage collector, which may not have run", async () => {
  const text = await fullText();
  const unseen = Object.values(catalogue).filter(({ name }) => linesOf(text, name).length === 0);
  expect(unseen.map(({ name }) => name).filter((name) => !name.startsWith("nodejs_gc"))).toEqual([]);
});
