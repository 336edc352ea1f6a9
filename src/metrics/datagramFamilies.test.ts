import { expect, test } from "vitest";
import { linesOf, meteredChecks } from "../../test/peers/meteredChecks.ts";
import type { Reason } from "../probes/probe.ts";
import type { UdpReading } from "../probes/udp/reading.ts";
import { noGrace } from "../results/grace.ts";
import type { Subject } from "../results/results.ts";

const toNode = (node: string): Subject => ({
  ...{ type: `udp_${node}`, probe: "udp", target: node, sort: "neighbours", compatible: false },
});
const train = (read: Partial<UdpReading>): UdpReading => ({
  ...{ kind: "udp", sent: 10, returned: 10, lost: { forward: 0, reverse: 0 }, duplicates: 0, reordered: 0 },
  ...read,
});

function sending(detail: "full" | "lean" = "full") {
  const { metrics, results, clock } = meteredChecks({ KUBENURSE_METRICS_DETAIL: detail });
  for (const node of ["b", "c"]) results.begin(toNode(node), noGrace);
  return {
    clock,
    results,
    ok: (node: string, read: Partial<UdpReading>) =>
      results.record(`udp_${node}`, { state: "ok", phases: { processing: 0.001 }, reading: train(read) }),
    fail: (node: string, reason: Reason) =>
      results.record(`udp_${node}`, {
        ...{ state: "failed", phase: "processing", reason, detail: "", phases: {} },
        reading: { kind: "udp", sent: 10, returned: 0, duplicates: 0, reordered: 0 },
      }),
    lines: async (name: string, target: string) =>
      linesOf(await metrics.render(), `kubenurse_${name}{`)
        .filter((line) => line.includes(`target="${target}"`))
        .map((line) => line.replace(/^.*"(\w+)"\} /, "$1 ")),
  };
}

test("loss is split by direction: of what was sent, and of what arrived there", async () => {
  const { ok, lines } = sending();
  expect(await lines("probe_loss_ratio", "b")).toEqual([]);
  ok("b", { returned: 4, lost: { forward: 2, reverse: 4 } });
  expect(await lines("probe_loss_ratio", "b")).toEqual(["forward 0.2", "reverse 0.5"]);
  ok("b", {});
  expect(await lines("probe_loss_ratio", "b")).toEqual(["forward 0.1", `reverse ${4 / 18}`]);
});

test("every datagram has one result, all of them series from the start", async () => {
  const { ok, fail, lines } = sending();
  const counts = (...values: number[]) =>
    ["lost_forward", "lost_reverse", "lost_unknown", "returned"].map((name, at) => `${name} ${values[at]}`);
  expect(await lines("udp_datagrams_total", "b")).toEqual(counts(0, 0, 0, 0));
  ok("b", { returned: 7, lost: { forward: 2, reverse: 1 } });
  fail("b", "lost");
  fail("b", "connect_refused");
  expect(await lines("udp_datagrams_total", "b")).toEqual(counts(2, 1, 10, 7));
});

test("duplicates and what was reordered are counted apart from what was lost", async () => {
  const { ok, lines } = sending();
  expect(await lines("udp_disorder_total", "b")).toEqual(["duplicate 0", "reordered 0"]);
  ok("b", { duplicates: 3, reordered: 1 });
  ok("b", { duplicates: 1 });
  expect(await lines("udp_disorder_total", "b")).toEqual(["duplicate 4", "reordered 1"]);
});

test("what nobody could tell is no loss ratio", async () => {
  const { fail, lines } = sending();
  fail("b", "lost");
  expect(await lines("probe_loss_ratio", "b")).toEqual([]);
});

test("jitter is the last minute's mean", async () => {
  const { clock, ok, lines } = sending();
  const jitter = async () => (await lines("probe_jitter_seconds", "b")).map((line) => line.split(" ").at(-1));
  ok("b", { jitterSeconds: 0.25 });
  await clock.advance(40);
  ok("b", { jitterSeconds: 0.75 });
  ok("b", {});
  expect(await jitter()).toEqual(["0.5"]);
  await clock.advance(30);
  expect(await jitter()).toEqual(["0.75"]);
  await clock.advance(40);
  expect(await jitter()).toEqual([]);
  expect(await lines("probe_loss_ratio", "b")).toEqual([]);
});

test("lean: neighbours are taken together", async () => {
  const { ok, lines } = sending("lean");
  ok("b", { returned: 5, lost: { forward: 5, reverse: 0 }, jitterSeconds: 1 });
  ok("c", { jitterSeconds: 3 });
  expect(await lines("probe_loss_ratio", "neighbours")).toEqual(["forward 0.25", "reverse 0"]);
  expect(await lines("probe_jitter_seconds", "neighbours")).toEqual(["neighbours 2"]);
});

test("a neighbour that left leaves nothing", async () => {
  const { clock, results, ok, lines } = sending();
  ok("b", {});
  results.end("udp_b", "peer-left");
  await clock.advance(120);
  expect(await lines("udp_datagrams_total", "b")).toEqual([]);
  expect(await lines("udp_datagrams_total", "c")).toHaveLength(4);
});
