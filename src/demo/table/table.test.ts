import fc from "fast-check";
import { expect, test } from "vitest";
import { changesBetween, summaryOf } from "./lines.ts";
import { quantile } from "./quantile.ts";
import type { Row } from "./row.ts";
import { drawTable, type Picture } from "./table.ts";

const cell = { text: "ok" as const, last: 0.0042, p50: 0.0021, p99: 0.0144 };
const sound: Row = {
  ...{ node: "node-1", zone: "zone-a", state: "running", errors: 0, failing: [] },
  checks: { me_service: cell, api_server_direct: cell, api_server_dns: cell, me_ingress: cell },
  paths: { ...cell, ok: 7, all: 7 },
};
const sick: Row = {
  ...sound,
  ...{ node: "node-2", zone: "zone-b", errors: 3 },
  checks: { ...sound.checks, me_service: { text: "FAIL", p50: 0.0021, p99: 1.5 } },
  paths: { ...cell, text: "FAIL", ok: 6, all: 7 },
  failing: [
    { type: "me_service", detail: "connect ECONNREFUSED 127.0.1.1:1" },
    { type: "path_node-3", detail: "connect: no answer within 5 s" },
  ],
};
const dead: Row = { ...sound, node: "node-3", zone: "zone-c", state: "dead", checks: {} };
const picture: Picture = {
  title: "kubenurse demo",
  rows: [sound, sick, dead],
  findings: [{ what: "node node-3: node_down", summary: "Node node-3 is down: 9 of 9 probes failed." }],
  faults: ["f1 node-3 is dead"],
  hints: ["1 dead", "q quit"],
};
const wide = { columns: 140, lines: 40, color: false };

test("the whole picture", () => {
  expect(drawTable(picture, wide)).toEqual([
    "kubenurse demo",
    "times in ms: last answer · p50/p99 of the last minute",
    "",
    "NODE      API DIRECT       API BY NAME      INGRESS          SERVICE          PATHS                     ERR/MIN",
    "node-1 a  ok 4.2 · 2.1/14  ok 4.2 · 2.1/14  ok 4.2 · 2.1/14  ok 4.2 · 2.1/14  7/7 ok 4.2 · 2.1/14       0",
    "node-2 b  ok 4.2 · 2.1/14  ok 4.2 · 2.1/14  ok 4.2 · 2.1/14  FAIL · 2.1/1500  FAIL 6/7 ok 4.2 · 2.1/14  3",
    "node-3 c  DEAD",
    "",
    "FAIL connect ECONNREFUSED 127.0.1.1:1: node-2 me_service",
    "FAIL connect: no answer within 5 s: node-2 path_node-3",
    "",
    "FOUND node node-3: node_down · Node node-3 is down: 9 of 9 probes failed.",
    "Faults: f1 node-3 is dead",
    "1 dead   q quit",
  ]);
});

test("a narrow terminal gets fewer figures, and a column for each extra check", () => {
  const rows = [{ ...sound, checks: { ...sound.checks, shop: { text: "FAIL" as const } } }];
  const lines = drawTable({ ...picture, rows }, { ...wide, columns: 80 });
  expect(lines[3]).toBe("NODE      API DIRECT  API BY NAME  INGRESS  SERVICE  shop  PATHS       ERR/MIN");
  expect(lines[4]).toBe("node-1 a  ok 4.2      ok 4.2       ok 4.2   ok 4.2   FAIL  7/7 ok 4.2  0");
});

test("the checks of layers share a column where there are any", () => {
  const rows = [{ ...sound, layers: { text: "FAIL" as const, ok: 40, all: 43 } }, sound, dead];
  const lines = drawTable({ ...picture, rows }, { ...wide, columns: 90 }).slice(3, 7);
  expect(lines.map((line) => line.split(/ {2,}/).slice(-3))).toEqual([
    ["PATHS", "LAYERS", "ERR/MIN"],
    ["7/7 ok 4.2", "FAIL 40/43 ok", "0"],
    ["7/7 ok 4.2", "-", "0"],
    ["node-3 c", "DEAD"],
  ]);
});

test("what can be typed is wrapped", () => {
  expect(drawTable({ ...picture, rows: [] }, { ...wide, columns: 10 }).slice(-2)).toEqual([
    "1 dead",
    "q quit",
  ]);
});

test("what does not fit is counted, and nodes with failures come first", () => {
  const rows = [
    ...Array.from({ length: 62 }, (_, index) => ({ ...sound, node: `well-${index}` })),
    dead,
    sick,
  ];
  const lines = drawTable({ ...picture, rows }, { ...wide, lines: 17 });
  expect(lines).toHaveLength(17);
  expect(lines.slice(4, 7).map((line) => line.split("  ")[0])).toEqual(["node-2 b", "node-3 c", "well-0 a"]);
  expect(lines).toContain("… and 59 more nodes, 0 of them with failures");
  expect(lines.at(-1)).toBe("1 dead   q quit");
});

test("many different messages are limited too", () => {
  const failing = Array.from({ length: 9 }, (_, index) => ({ type: "shop", detail: `message ${index}` }));
  expect(drawTable({ ...picture, rows: [{ ...sick, failing }] }, wide)).toContain("… and 3 more");
});

test("no line is longer and no picture higher than the terminal, whatever is to be shown", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(sound, sick, dead), { maxLength: 64 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 100 }),
      (rows, columns, lines) => {
        const drawn = drawTable({ ...picture, rows }, { columns, lines, color: false });
        expect(drawn.length).toBeLessThanOrEqual(lines);
        expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test("colour adds nothing but colour", () => {
  const painted = drawTable(picture, { ...wide, color: true });
  expect(painted.join("\n")).toContain("\x1b[31mDEAD\x1b[0m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for.
  expect(painted.map((line) => line.replace(/\x1b\[\d+m/g, ""))).toEqual(drawTable(picture, wide));
});

test("changes are told once, an end as well as a beginning", () => {
  const before = new Map([
    ["node-1 me_service", "FAIL refused"],
    ["node-2 me_service", "FAIL refused"],
    ["fault f1 node-3 is dead", "begun"],
    ["finding node node-3: node_down", "open"],
  ]);
  const now = new Map([
    ["node-2 me_service", "FAIL timeout"],
    ["node-3", "dead"],
  ]);
  expect(changesBetween(before, now)).toEqual([
    "node-2 me_service: FAIL timeout",
    "node-3: dead",
    "node-1 me_service: ok",
    "fault f1 node-3 is dead: healed",
    "finding node node-3: node_down: closed",
  ]);
  expect(changesBetween(now, now)).toEqual([]);
});

test("the summary counts checks of all nodes", () => {
  expect(summaryOf({ ...picture, rows: [sound, sick] })).toBe(
    "2 nodes, 20/22 checks ok, errors in the last minute: 3, findings: 1, faults: 1",
  );
  const layers = { text: "ok" as const, ok: 40, all: 40 };
  expect(summaryOf({ ...picture, rows: [{ ...sound, layers }] })).toContain("51/51 checks ok");
});

test.each([
  [[], undefined, undefined],
  [[3], 3, 3],
  [[1, 2], 1, 2],
  [[1, 2, 3, 4, 5], 3, 5],
])("nearest-rank quantiles of %j", (samples, p50, p99) => {
  expect(quantile(samples, 0.5)).toBe(p50);
  expect(quantile(samples, 0.99)).toBe(p99);
});
