import { expect, test } from "vitest";
import { linesOf, meteredChecks } from "../../test/peers/meteredChecks.ts";
import { noGrace } from "../results/grace.ts";

const subject = { type: "t", probe: "dns", target: "t", sort: "t", compatible: false } as const;
const reading = { kind: "dns" } as const;
const name = "kubenurse_probe_duration_seconds";

/** Two that were ok and one that got no answer in time. */
async function durations(KUBENURSE_METRICS_DETAIL: string): Promise<string[]> {
  const { metrics, results } = meteredChecks({ KUBENURSE_METRICS_DETAIL });
  results.begin(subject, noGrace);
  results.record("t", { state: "ok", phases: { connect: 0.5, processing: 0.5 }, reading });
  results.record("t", { state: "ok", phases: { processing: 20 }, reading });
  results.record("t", {
    ...{ state: "failed", phase: "processing", reason: "dns_timeout", detail: "", reading },
    phases: { connect: 0.25, processing: 2 },
  });
  return linesOf(await metrics.render(), name).map((line) => line.replace(name, ""));
}

test("of each phase that ran to its end, and of whole attempts that were ok", async () => {
  const lines = await durations("full");
  expect(lines.filter((line) => /^_(sum|count)/.test(line))).toEqual([
    '_sum{probe="dns",phase="connect"} 0.75',
    '_count{probe="dns",phase="connect"} 2',
    '_sum{probe="dns",phase="processing"} 20.5',
    '_count{probe="dns",phase="processing"} 2',
    '_sum{probe="dns",phase="total"} 21',
    '_count{probe="dns",phase="total"} 2',
  ]);
  const buckets = lines.filter((line) => line.startsWith('_bucket{probe="dns",phase="connect"'));
  expect(buckets.map((line) => / (\d)$/.exec(line)?.[1]).join("")).toBe(
    // 0.25 s is in the bucket of a lost data segment, up to 0.25.
    `${"0".repeat(11)}11${"2".repeat(12)}`,
  );
});

test("a bucket is cumulative, its upper bound belongs to it, and lean detail has the whole attempts' only", async () => {
  expect((await durations("lean")).slice(2)).toEqual([
    '_bucket{probe="dns",phase="total",le="0.01"} 0',
    '_bucket{probe="dns",phase="total",le="0.15"} 0',
    '_bucket{probe="dns",phase="total",le="0.9"} 0',
    '_bucket{probe="dns",phase="total",le="1.9"} 1',
    '_bucket{probe="dns",phase="total",le="4.9"} 1',
    '_bucket{probe="dns",phase="total",le="+Inf"} 2',
    '_sum{probe="dns",phase="total"} 21',
    '_count{probe="dns",phase="total"} 2',
  ]);
});
