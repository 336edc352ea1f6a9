import { expect, test } from "vitest";
import type { Family } from "./catalogue.ts";
import { writeText } from "./exposition.ts";

const families: Family[] = [
  { name: "b_total", type: "counter", labelNames: ["type", "event"], help: "Say \\ and\nmore.", ends: "" },
  { name: "a_seconds", type: "durations", labelNames: ["type"], help: "A.", ends: "" },
  { name: "unused", type: "gauge", labelNames: [], help: "Unused.", ends: "" },
];

test("families and series are sorted, labels are in the family's order, and text is escaped", () => {
  const samples = [
    { name: "b_total", labels: { event: "x", type: 'say "\\\n' }, value: 2 ** 40 },
    { name: "b_total", labels: { event: "x", type: "a" }, value: 1 },
    { name: "a_seconds_bucket", labels: { le: 0.00005, type: "a" }, value: 1 },
    { name: "a_seconds_bucket", labels: { le: "+Inf", type: "a" }, value: 1 },
    { name: "a_seconds_sum", labels: { type: "a" }, value: 0.00001 },
    { name: "a_seconds_count", labels: { type: "a" }, value: 1 },
  ];
  expect(writeText(samples, families, { metadata: true, durations: "histogram" })).toBe(
    [
      "# HELP a_seconds A.",
      "# TYPE a_seconds histogram",
      'a_seconds_bucket{type="a",le="5e-05"} 1',
      'a_seconds_bucket{type="a",le="+Inf"} 1',
      'a_seconds_sum{type="a"} 1e-05',
      'a_seconds_count{type="a"} 1',
      "# HELP b_total Say \\\\ and\\nmore.",
      "# TYPE b_total counter",
      'b_total{type="a",event="x"} 1',
      'b_total{type="say \\"\\\\\\n",event="x"} 1099511627776',
      "",
    ].join("\n"),
  );
});

test("ranges ascend by number, before sum and count", () => {
  const bucket = (vmrange: string) => ({
    name: "a_seconds_bucket",
    labels: { type: "a", vmrange },
    value: 1,
  });
  const samples = [
    bucket("1.000e+00...1.136e+00"),
    bucket("8.799e-01...1.000e+00"),
    bucket("0...1.000e-09"),
    { name: "a_seconds_sum", labels: { type: "a" }, value: 3 },
    { name: "a_seconds_count", labels: { type: "a" }, value: 3 },
  ];
  expect(writeText(samples, families, { metadata: false, durations: "untyped" })).toBe(
    [
      'a_seconds_bucket{type="a",vmrange="0...1.000e-09"} 1',
      'a_seconds_bucket{type="a",vmrange="8.799e-01...1.000e+00"} 1',
      'a_seconds_bucket{type="a",vmrange="1.000e+00...1.136e+00"} 1',
      'a_seconds_sum{type="a"} 3',
      'a_seconds_count{type="a"} 3',
      "",
    ].join("\n"),
  );
});

test("a sample of no known family is a mistake of ours", () => {
  const stranger = [{ name: "stranger", labels: {}, value: 1 }];
  expect(() => writeText(stranger, families, { metadata: false, durations: "histogram" })).toThrow(
    "stranger",
  );
});
