import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Peer } from "../discovery/peer.ts";
import { rememberedHash } from "./ring.ts";
import { createRotation, type Rotation } from "./rotation.ts";

const hash = rememberedHash();
const settled = () => 0;

function peerOn(nodeName: string): Peer {
  return { podName: `nurse-${nodeName}`, podIP: "10.0.0.1", hostIP: "", nodeName, settledAt: 0 };
}

const nodes = (count: number) => Array.from({ length: count }, (_, n) => peerOn(`node-${n}`));

/** Visits the one whose turn it is. */
function visitNext(rotation: Rotation, now: number): string | undefined {
  const peer = rotation.next(now);
  if (peer !== undefined) rotation.visited(peer, now);
  return peer?.nodeName;
}

/** Makes `count` visits at the rate; the nodes in their order. */
function visit(rotation: Rotation, count: number, rate: number, from = 0): (string | undefined)[] {
  return Array.from({ length: count }, (_, n) => visitNext(rotation, from + n / rate));
}

const rates = fc.constantFrom(0.2, 1, 5, 100);
const walls = fc.double({ min: 1.7e9, max: 2e9, noNaN: true });

describe("createRotation", () => {
  it("visits every other node exactly once in a period, whatever the cluster, the rate and the start", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), rates, walls, (count, rate, wallNow) => {
        const rotation = createRotation(rate, hash);
        rotation.follow("node-0", nodes(count), settled, wallNow);
        for (const period of [0, 1]) {
          const from = (period * (count - 1)) / rate;
          const visited = visit(rotation, count - 1, rate, from);
          expect(new Set(visited).size).toBe(count - 1);
          expect(visited).not.toContain("node-0");
        }
        const end = (2 * (count - 1)) / rate;
        const coverage = rotation.coverage(end);
        expect(coverage?.ratio).toBe(1);
        expect(coverage?.oldestSeconds).toBeCloseTo((count - 1) / rate);
      }),
    );
  });

  it("has each node visited by exactly one other in each slot, when all agents start in one", () => {
    const all = nodes(50);
    const rotations = all.map(({ nodeName }) => {
      const rotation = createRotation(1, hash);
      rotation.follow(nodeName, all, settled, 1_700_000_017);
      return rotation;
    });
    for (let slot = 0; slot < 100; slot += 1) {
      expect(new Set(rotations.map((rotation) => rotation.next(slot)?.nodeName)).size).toBe(50);
    }
  });

  it("visits every pair within two periods of the largest cluster, whoever comes and goes meanwhile", () => {
    const change = fc.record({
      node: fc.integer({ min: 1, max: 60 }),
      after: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), walls, (changes, wallNow) => {
        const rotation = createRotation(1, hash);
        const there = new Set([1, 2, 3, 4, 5]);
        let now = 0;
        let most = 0;
        const follow = () => {
          most = Math.max(most, there.size);
          const peers = [...there].map((n) => peerOn(`node-${n}`));
          const at = now;
          rotation.follow("node-0", peers, () => at, wallNow + now);
        };
        follow();
        for (const { node, after } of changes) {
          for (let n = 0; n < after; n += 1, now += 1) {
            visitNext(rotation, now);
            expect(rotation.coverage(now)?.oldestSeconds ?? 0).toBeLessThanOrEqual(2 * most);
          }
          if (!there.delete(node)) there.add(node);
          follow();
        }
      }),
    );
  });

  it("leaves a peer alone until it has settled, and loses no turn over it", () => {
    const rotation = createRotation(1, hash);
    rotation.follow("node-0", nodes(4), ({ nodeName }) => (nodeName === "node-2" ? 10 : 0), 0);
    expect(visit(rotation, 4, 1)).not.toContain("node-2");
    expect(rotation.next(10)?.nodeName).toBe("node-2");
  });

  it("goes on where it was when an agent is replaced on its node", () => {
    const rotation = createRotation(1, hash);
    rotation.follow("node-0", nodes(6), settled, 0);
    const first = visit(rotation, 3, 1);
    const replaced = nodes(6).map((peer) => ({ ...peer, podName: `${peer.podName}-2` }));
    rotation.follow("node-0", replaced, ({ nodeName }) => (nodeName === first[0] ? 8 : 3), 3);
    const second = visit(rotation, 5, 1, 3);
    expect(new Set([...first, ...second.slice(0, 2)]).size).toBe(5);
    expect(second).not.toContain(first[0]);
    expect(rotation.next(8)?.nodeName).toBe(first[0]);
  });

  it("counts what was not visited for longer than a period as not covered", () => {
    const rotation = createRotation(1, hash);
    rotation.follow("node-0", nodes(5), settled, 0);
    visit(rotation, 2, 1);
    expect(rotation.coverage(2)).toEqual({ ratio: 0.5, oldestSeconds: 2 });
    expect(rotation.coverage(100)).toEqual({ ratio: 0, oldestSeconds: 100 });
  });

  it("counts a visit that told nothing as none, and goes on to the next", () => {
    const rotation = createRotation(1, hash);
    rotation.follow("node-0", nodes(3), settled, 0);
    expect(new Set([rotation.next(0)?.nodeName, rotation.next(1)?.nodeName]).size).toBe(2);
    expect(rotation.coverage(2)).toEqual({ ratio: 0, oldestSeconds: 2 });
  });

  it("has nobody to visit in a cluster of one", () => {
    const rotation = createRotation(1, hash);
    rotation.follow("node-0", nodes(1), settled, 0);
    expect(rotation.next(0)).toBeUndefined();
    expect(rotation.coverage(0)).toBeUndefined();
  });
});
