import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runEveryCheck, wholeMesh } from "../../test/peers/everyCheck.ts";
import { meteredChecks } from "../../test/peers/meteredChecks.ts";
import type { Acceptance } from "../diagnosis/windows.ts";
import type { Echo } from "../server/echo.ts";
import { catalogue } from "./catalogue.ts";
import type { DiagnosisState } from "./findingFamilies.ts";

const everyDatagram: ReturnType<Echo["counts"]> = {
  answered: 9,
  dropped: { malformed: 1, unknown: 1, unsigned: 1, limited: 1 },
};
const everyReport: Readonly<Record<Acceptance, number>> = { accepted: 9, repeated: 1, late: 1, future: 1 };
const leader: DiagnosisState = {
  leads: true,
  analysis: { ageSeconds: 4, durationSeconds: 0.01, reporters: 11, opened: 1, findings: [] },
  received: everyReport,
};

/** Lines of an agent with every probe, 10 neighbours that are all well, and a settings file, in a pod with a CPU limit; it leads the diagnosis. */
async function seriesOf(detail: "full" | "lean"): Promise<string[]> {
  const { metrics, results } = meteredChecks(
    { KUBENURSE_METRICS_DETAIL: detail, KUBENURSE_EXPOSE_METADATA: "false" },
    {
      processMetrics: true,
      proc: "/proc",
      mesh: () => wholeMesh,
      diagnosis: () => leader,
      settingsFile: () => ({ successful: true, at: 1_700_000_000 }),
      echo: () => everyDatagram,
      readThrottling: () => ({ periods: 9, throttledPeriods: 0, throttledSeconds: 0 }),
    },
  );
  runEveryCheck(results);
  const text = await metrics.render();
  metrics.stop();
  return text.trim().split("\n");
}

test.each(["full", "lean"] as const)("the number of series in %s detail is as documented", async (detail) => {
  const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
  const documented = new RegExp(`^\\| \`${detail}\` \\| ([\\d,]+) \\|$`, "m").exec(page)?.[1];
  const own = (await seriesOf(detail)).filter((line) => line.startsWith("kubenurse_"));
  expect(documented?.replace(",", "")).toBe(String(own.length));
});

test("every family is counted but those that only a fault has", async () => {
  const lines = await seriesOf("full");
  const absent = Object.values(catalogue)
    .map(({ name }) => name)
    .filter((name) => name.startsWith("kubenurse_") && !lines.some((line) => isOf(line, name)));
  expect(absent).toEqual(["kubenurse_errors_total", "kubenurse_finding"]);
});

function isOf(line: string, family: string): boolean {
  return new RegExp(`^${family}(_bucket|_sum|_count)?[{ ]`).test(line);
}

test("the leader in lean detail has at most 300 series while no finding is open", async () => {
  expect((await seriesOf("lean")).length).toBeLessThanOrEqual(300);
});

test("no label holds an address", async () => {
  const lines = await seriesOf("full");
  expect(lines.filter((line) => /"\d+\.\d+\.\d+\.\d+|"\[?[0-9a-f]*:[0-9a-f:]+\]?"/.test(line))).toEqual([]);
});
