import fc from "fast-check";
import { expect, test } from "vitest";
import type { Fault } from "../faults.ts";
import { cross, type Path, pathBetween } from "./path.ts";

const sound: Path = { lossShare: 0, delaySeconds: 0, frozen: false };

test("losses on one way combine as independent ones, and delays add up", () => {
  const path = pathBetween("a", "b", [
    { kind: "loss", share: 0.5, on: { node: "a" } },
    { kind: "loss", share: 0.2, on: { from: "a", to: "b" } },
    { kind: "delay", seconds: 0.1, on: { node: "b" } },
    { kind: "delay", seconds: 0.2, on: { from: "a", to: "b" } },
    { kind: "delay", seconds: 7, on: { from: "b", to: "a" } },
  ]);
  expect(path).toEqual({ lossShare: 0.6, delaySeconds: expect.closeTo(0.3), frozen: false });
});

test("a black hole is on one way only, a dead node on both", () => {
  const blackHole: Fault[] = [{ kind: "black-hole", from: "a", to: "b" }];
  expect(pathBetween("a", "b", blackHole).lossShare).toBe(1);
  expect(pathBetween("b", "a", blackHole)).toEqual(sound);
  const dead: Fault[] = [{ kind: "dead-node", node: "a" }];
  expect(pathBetween("a", "b", dead).lossShare).toBe(1);
  expect(pathBetween("b", "a", dead).lossShare).toBe(1);
});

test("no fault of the network reaches what stays within a node", () => {
  const name = fc.constantFrom("a", "b", "c");
  const extent = fc.oneof(fc.record({ node: name }), fc.record({ from: name, to: name }));
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    fc.record({ kind: fc.constant("dead-node" as const), node: name }),
    fc.record({ kind: fc.constant("black-hole" as const), from: name, to: name }),
    fc.record({ kind: fc.constant("loss" as const), share: fc.double({ min: 0, max: 1 }), on: extent }),
    fc.record({ kind: fc.constant("delay" as const), seconds: fc.double({ min: 0, max: 9 }), on: extent }),
  );
  fc.assert(
    fc.property(fc.array(fault), name, (faults, node) => {
      expect(pathBetween(node, node, faults)).toEqual(sound);
    }),
  );
});

test("a lost segment is sent again after 200 ms, and once more after 400", async () => {
  const { signal } = new AbortController();
  const paths: Path[] = [sound, { ...sound, lossShare: 1 }, { ...sound, lossShare: 1 }];
  const since = performance.now() / 1000;
  await cross(() => paths.shift() ?? sound, since, signal);
  const seconds = performance.now() / 1000 - since;
  expect(seconds).toBeGreaterThan(0.59);
  expect(seconds).toBeLessThan(1);
});
