import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runEveryCheck, wholeMesh } from "../../test/peers/everyCheck.ts";
import { meteredChecks } from "../../test/peers/meteredChecks.ts";

/** Lines of an agent with every probe and 10 neighbours, all of them well, in a pod with a CPU limit. */
async function seriesOf(detail: "full" | "lean"): Promise<string[]> {
  const { metrics, results } = meteredChecks(
    { KUBENURSE_METRICS_DETAIL: detail, KUBENURSE_EXPOSE_METADATA: "false" },
    {
      processMetrics: true,
      proc: "/proc",
      mesh: () => wholeMesh,
      diagnosis: () => ({ leads: false, received: {} }),
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

test("a whole agent in lean detail has at most 300 series", async () => {
  expect((await seriesOf("lean")).length).toBeLessThanOrEqual(300);
});

test("no label holds an address", async () => {
  const lines = await seriesOf("full");
  expect(lines.filter((line) => /"\d+\.\d+\.\d+\.\d+|"\[?[0-9a-f]*:[0-9a-f:]+\]?"/.test(line))).toEqual([]);
});
