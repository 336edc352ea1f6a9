import { expect, test } from "vitest";
import { linesOf, meteredChecks } from "../../test/peers/meteredChecks.ts";
import type { Reason } from "../probes/probe.ts";
import { probes } from "../probes/registry.ts";
import { noGrace } from "../results/grace.ts";
import type { Subject } from "../results/results.ts";

const toNode = (node: string): Subject => ({
  ...{ type: `tcp_${node}`, probe: "tcp", target: node, sort: "neighbours", compatible: false },
});
const reading = { kind: "tcp" } as const;

function checked(detail: "full" | "lean", ...nodes: string[]) {
  const { metrics, results, clock } = meteredChecks({ KUBENURSE_METRICS_DETAIL: detail });
  for (const node of nodes) results.begin(toNode(node), noGrace);
  return {
    results,
    clock,
    ok: (node: string) => results.record(`tcp_${node}`, { state: "ok", phases: { connect: 0.001 }, reading }),
    fail: (node: string, reason: Reason) =>
      results.record(`tcp_${node}`, {
        ...{ state: "failed", phase: "connect", reason, detail: "", phases: { connect: 5 }, reading },
      }),
    lines: async () =>
      linesOf(await metrics.render(), "kubenurse_probe_")
        .filter((line) => /_(attempts|failures)_total\{/.test(line))
        .map((line) => line.replace(/^kubenurse_probe_/, "")),
  };
}

test("every reason is a series from the check's begin", async () => {
  const { ok, fail, lines } = checked("full", "b");
  const reasons = (failed: Partial<Record<Reason, number>>) =>
    probes.tcp.reasons
      .toSorted()
      .map((reason) => `failures_total{probe="tcp",target="b",reason="${reason}"} ${failed[reason] ?? 0}`);
  expect(await lines()).toEqual(['attempts_total{probe="tcp",target="b"} 0', ...reasons({})]);
  ok("b");
  fail("b", "connect_timeout");
  expect(await lines()).toEqual([
    'attempts_total{probe="tcp",target="b"} 2',
    ...reasons({ connect_timeout: 1 }),
  ]);
});

test("a check's series go with it, and one that begins again in time goes on", async () => {
  const { results, clock, ok, lines } = checked("full", "b", "c");
  ok("b");
  results.end("tcp_b", "peer-left");
  results.end("tcp_c", "peer-left");
  await clock.advance(60);
  results.begin(toNode("b"), noGrace);
  await clock.advance(120);
  expect((await lines()).filter((line) => line.startsWith("attempts"))).toEqual([
    'attempts_total{probe="tcp",target="b"} 1',
  ]);
});

test("lean: neighbours count together, a failure shows from its first time on, and both outlive each of them", async () => {
  const { results, clock, ok, fail, lines } = checked("lean", "b", "c");
  expect(await lines()).toEqual(['attempts_total{probe="tcp",target="neighbours"} 0']);
  ok("b");
  fail("c", "connect_timeout");
  const counted = [
    'attempts_total{probe="tcp",target="neighbours"} 2',
    'failures_total{probe="tcp",target="neighbours",reason="connect_timeout"} 1',
  ];
  expect(await lines()).toEqual(counted);
  results.end("tcp_b", "peer-left");
  results.end("tcp_c", "peer-left");
  await clock.advance(180);
  expect(await lines()).toEqual(counted);
});

test("no discard is an attempt", async () => {
  const { results, lines } = checked("lean", "b");
  results.record("tcp_b", { state: "discarded", why: "self-stalled" });
  expect(await lines()).toEqual(['attempts_total{probe="tcp",target="neighbours"} 0']);
});
