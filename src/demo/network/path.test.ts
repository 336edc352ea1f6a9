import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fault } from "../faults.ts";
import { cross } from "./cross.ts";
import { type Path, pathOf, type Way } from "./path.ts";

const sound: Path = { lossShare: 0, delaySeconds: 0, mostBytes: Infinity, frozen: false };
const way = (from: string, to: string, more: Partial<Way> = {}): Way => ({
  ...{ from, to, protocol: "tcp", overlay: true },
  ...more,
});

test("losses on one way combine as independent ones, and delays add up", () => {
  const path = pathOf(way("a", "b"), [
    { kind: "loss", share: 0.5, on: { node: "a" } },
    { kind: "loss", share: 0.2, on: { from: "a", to: "b" } },
    { kind: "delay", seconds: 0.1, on: { node: "b" } },
    { kind: "delay", seconds: 0.2, on: { from: "a", to: "b" } },
    { kind: "delay", seconds: 7, on: { from: "b", to: "a" } },
  ]);
  expect(path).toEqual({ ...sound, lossShare: 0.6, delaySeconds: expect.closeTo(0.3) });
});

test("a black hole is on one way only, a dead node on both", () => {
  const blackHole: Fault[] = [{ kind: "black-hole", from: "a", to: "b" }];
  expect(pathOf(way("a", "b"), blackHole).lossShare).toBe(1);
  expect(pathOf(way("b", "a"), blackHole)).toEqual(sound);
  const dead: Fault[] = [{ kind: "dead-node", node: "a" }];
  expect(pathOf(way("a", "b"), dead).lossShare).toBe(1);
  expect(pathOf(way("b", "a"), dead).lossShare).toBe(1);
});

test.each<[string, Fault, Way, Way]>([
  ["from any place", { kind: "loss", share: 1, on: { from: "any", to: "a" } }, way("c", "a"), way("a", "c")],
  ["to any place", { kind: "loss", share: 1, on: { from: "a", to: "any" } }, way("a", "c"), way("c", "a")],
  [
    "of one protocol",
    { kind: "loss", share: 1, on: { node: "a" }, only: "udp" },
    way("a", "b", { protocol: "udp" }),
    way("a", "b"),
  ],
  [
    "of the pod network",
    { kind: "black-hole", from: "a", to: "b", only: "overlay" },
    way("a", "b"),
    way("a", "b", { overlay: false }),
  ],
  [
    "to one replica",
    { kind: "dead-api", replica: 2 },
    way("a", "c", { server: "api-2" }),
    way("a", "c", { server: "api-1" }),
  ],
  [
    "to a DNS pod",
    { kind: "dead-dns", replica: 1 },
    way("a", "c", { server: "dns-1" }),
    way("a", "c", { server: "dns-2" }),
  ],
  [
    "to the DNS by a protocol",
    { kind: "lost-dns", protocol: "tcp" },
    way("a", "c", { server: "dns-2" }),
    way("a", "c", { server: "dns-2", protocol: "udp" }),
  ],
])("packets %s are lost, others are not", (_, fault, hit, missed) => {
  expect(pathOf(hit, [fault]).lossShare).toBe(1);
  expect(pathOf(missed, [fault])).toEqual(sound);
});

test("no fault of the network reaches what stays within a node", () => {
  const name = fc.constantFrom("a", "b", "c", "any");
  const on = fc.oneof(fc.record({ node: name }), fc.record({ from: name, to: name }));
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    fc.record({ kind: fc.constant("dead-node" as const), node: name }),
    fc.record({ kind: fc.constant("black-hole" as const), from: name, to: name }),
    fc.record({ kind: fc.constant("loss" as const), share: fc.double({ min: 0, max: 1 }), on }),
    fc.record({ kind: fc.constant("delay" as const), seconds: fc.double({ min: 0, max: 9 }), on }),
    fc.record({ kind: fc.constant("mtu" as const), on }),
  );
  fc.assert(
    fc.property(fc.array(fault), name, (faults, node) => {
      expect(pathOf(way(node, node), faults)).toEqual(sound);
    }),
  );
});

async function secondsToCross(paths: Path[], bytes: number): Promise<number> {
  const since = performance.now() / 1000;
  await cross(() => paths.shift() ?? sound, bytes, since, new AbortController().signal);
  return performance.now() / 1000 - since;
}

test("a lost segment is sent again after 200 ms, and once more after 400", async () => {
  const lost = { ...sound, lossShare: 1 };
  const seconds = await secondsToCross([sound, lost, lost], 1);
  expect(seconds).toBeGreaterThan(0.59);
  expect(seconds).toBeLessThan(1);
});

test("where large packets are lost, small ones pass, and a large one is sent again until it passes", async () => {
  const narrow = { ...sound, mostBytes: 1400 };
  expect(await secondsToCross([narrow, narrow, narrow], 1400)).toBeLessThan(0.15);
  expect(await secondsToCross([narrow, narrow], 1401)).toBeGreaterThan(0.19);
});

test("what a frozen process is to read waits no longer than it is frozen", async () => {
  const frozen = { ...sound, frozen: true };
  const seconds = await secondsToCross([sound, sound, frozen, frozen], 1);
  expect(seconds).toBeGreaterThan(0.035);
  expect(seconds).toBeLessThan(0.19);
});
