import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { fullReport, smallReport } from "../../test/peers/agentReport.ts";
import type { Flow } from "./report.ts";
import { decodeReport, encodeReport, mostReportBytes } from "./reportCodec.ts";

const packed = (value: unknown) => gzipSync(JSON.stringify(value));

describe("a report of an agent with 10 neighbours and every probe on", () => {
  it.each(["healthy", "outage"] as const)("has at most 4 KiB and is read as it was: %s", (state) => {
    const report = fullReport(state);
    expect(report.flows.length).toBeGreaterThan(75);
    const bytes = encodeReport(report);
    expect(bytes.length).toBeLessThanOrEqual(4096);
    expect(decodeReport(bytes)).toEqual(report);
  });
});

test("of what is too much, the last flows are left out", () => {
  const name = (n: number) => `${n}-${"x".repeat(200)}`;
  const flows = Array.from({ length: 5000 }, (_, n): Flow => {
    return { probe: "http", target: { kind: "extra", name: name(n) }, good: 1, bad: {}, discarded: 0 };
  });
  const bytes = encodeReport(smallReport({ flows }));
  expect(bytes.length).toBeLessThanOrEqual(mostReportBytes);
  const read = decodeReport(bytes).flows;
  expect(read).toEqual(flows.slice(0, read.length));
  expect(read.length).toBeGreaterThanOrEqual(100);
});

const flow = { probe: "http", target: { kind: "self" }, good: 1, bad: {}, discarded: 0 };
const withFlow = (replaced: object) => ({ ...smallReport(), flows: [{ ...flow, ...replaced }] });
const pair = {
  ...{ from: "a", to: "b", reason: "reset" },
  retries: { new_port: "ok", node_address: "unknown", third_party: "reset", reverse: "ok" },
};

test("a flow and a pair that are as they must be are taken", () => {
  expect(decodeReport(packed(withFlow({})))).toEqual(withFlow({}));
  expect(decodeReport(packed({ ...smallReport(), pairs: [pair] })).pairs).toEqual([pair]);
});

test.each([
  ["another version", { ...smallReport(), version: 2 }],
  ["no node", { ...smallReport(), node: undefined }],
  ["a node that is no name", { ...smallReport(), node: "a b" }],
  ["a pod that ends a line", { ...smallReport(), pod: "a\nb" }],
  ["a window off the grid", { ...smallReport(), from: 1_700_000_001, until: 1_700_000_006 }],
  ["another window's length", { ...smallReport(), until: 1_700_000_010 }],
  ["half a sequence", { ...smallReport(), sequence: 1.5 }],
  ["no flows", { ...smallReport(), flows: {} }],
  ["401 flows", { ...smallReport(), flows: Array(401).fill(flow) }],
  ["a negative count", withFlow({ good: -1 })],
  ["a count that is none", withFlow({ good: null })],
  ["a huge count", withFlow({ good: 1e7 })],
  ["another probe", withFlow({ probe: "icmp" })],
  ["another reason", withFlow({ bad: { sorry: 1 } })],
  ["a reason that is a prototype", withFlow(JSON.parse('{"bad":{"__proto__":1}}'))],
  ["another target", withFlow({ target: { kind: "moon" } })],
  ["a target without its node", withFlow({ target: { kind: "node" } })],
  ["a check whose name ends a line", withFlow({ target: { kind: "extra", name: "a\nb" } })],
  ["a bucket beyond the last", withFlow({ latency: { 81: 1 } })],
  ["too many pods", withFlow({ unreached: Array(51).fill("a") })],
  ["a share above 1", { ...smallReport(), health: { ...smallReport().health, throttledShare: 1.1 } }],
  ["no health", { ...smallReport(), health: undefined }],
  ["another retry", { ...smallReport(), pairs: [{ ...pair, retries: { ...pair.retries, reverse: "no" } }] }],
  ["a list", []],
  ["null", null],
])("%s is refused", (_what, value) => {
  expect(() => decodeReport(packed(value))).toThrow();
});

test("what is no gzip, breaks off, or unpacks to more than 64 KiB is refused", () => {
  expect(() => decodeReport(Buffer.from("{}"))).toThrow();
  expect(() => decodeReport(encodeReport(smallReport()).subarray(0, 40))).toThrow();
  expect(() => decodeReport(gzipSync(" ".repeat(65_536) + JSON.stringify(smallReport())))).toThrow();
  expect(decodeReport(gzipSync(" ".repeat(60_000) + JSON.stringify(smallReport())))).toEqual(smallReport());
});

test("of anything else that is sent, nothing but an error comes out", () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.object().map((more) => ({ ...smallReport(), flows: [more] })),
  );
  fc.assert(fc.property(anything, (value) => void expect(() => decodeReport(packed(value))).toThrow()));
});

test("fields of a newer agent are left out", () => {
  expect(decodeReport(packed({ ...withFlow({ mood: "good" }), weather: "fine" }))).toEqual(withFlow({}));
});
