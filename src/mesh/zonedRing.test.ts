import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Peer } from "../discovery/peer.ts";
import { rememberedHash } from "./ring.ts";
import { chooseWatched } from "./zonedRing.ts";

const hash = rememberedHash();

function peerOn(nodeName: string, zone?: string): Peer {
  const peer = { podName: `nurse-${nodeName}`, podIP: "10.0.0.1", hostIP: "", nodeName, settledAt: 0 };
  return zone === undefined ? peer : { ...peer, zone };
}

/** Every agent's choice, each from its own view. */
function watchers(all: readonly Peer[], limit: number): Map<string, string[]> {
  return new Map(
    all.map((own) => {
      const others = all.filter((peer) => peer !== own);
      return [own.nodeName, chooseWatched(others, own, limit, hash).map(({ nodeName }) => nodeName)];
    }),
  );
}

function edgesOf(all: readonly Peer[], limit: number): Set<string> {
  return new Set([...watchers(all, limit)].flatMap(([from, to]) => to.map((node) => `${from}>${node}`)));
}

/** Zones of unequal sizes, some nodes without a known one. */
const clusters = fc
  .record({
    size: fc.integer({ min: 2, max: 300 }),
    shares: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
    salt: fc.nat(1e6),
  })
  .map(({ size, shares, salt }) => {
    const cycle = shares.flatMap((share, zone) => Array<number>(share).fill(zone));
    return Array.from({ length: size }, (_, n) => {
      const zone = cycle[n % cycle.length] ?? 0;
      return peerOn(`node-${salt}-${n}`, zone === 4 ? undefined : `zone-${zone}`);
    });
  });
const limits = fc.integer({ min: 1, max: 16 });

describe("chooseWatched", () => {
  it("has each node watch and be watched by exactly as many others, never twice and never itself", () => {
    fc.assert(
      fc.property(clusters, limits, (all, limit) => {
        const degree = Math.min(limit, all.length - 1);
        const observers = new Map<string, number>();
        for (const [own, watched] of watchers(all, limit)) {
          expect(new Set(watched).size).toBe(degree);
          expect(watched).toHaveLength(degree);
          expect(watched).not.toContain(own);
          for (const node of watched) observers.set(node, (observers.get(node) ?? 0) + 1);
        }
        expect([...observers.values()].every((count) => count === degree)).toBe(true);
        expect(observers.size).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it("has every zone that is large enough watch every node", () => {
    let zonesSeen = 0;
    fc.assert(
      fc.property(clusters, limits, (all, limit) => {
        const zoneOf = new Map(all.map(({ nodeName, zone = "" }) => [nodeName, zone]));
        const sizes = Map.groupBy(all, ({ zone = "" }) => zone);
        const within = limit - sizes.size + 1;
        const large = [...sizes].filter(([, nodes]) => nodes.length * within >= all.length);
        const observed = new Set<string>();
        for (const [own, watched] of watchers(all, limit)) {
          for (const node of watched) observed.add(`${zoneOf.get(own)}>${node}`);
        }
        for (const [zone, nodes] of large) {
          zonesSeen += 1;
          // The only node of a zone does not watch itself.
          const targets = all.filter((peer) => nodes.length > 1 || peer !== nodes[0]);
          expect(targets.filter(({ nodeName }) => !observed.has(`${zone}>${nodeName}`))).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
    expect(zonesSeen).toBeGreaterThan(50);
  });

  it("spreads a node's watchers over three equal zones: three or four in each of ten", () => {
    const all = Array.from({ length: 75 }, (_, n) => peerOn(`node-${n}`, `zone-${n % 3}`));
    const zoneOf = new Map(all.map(({ nodeName, zone }) => [nodeName, zone]));
    const counts = new Map<string, number>();
    for (const [own, watched] of watchers(all, 10)) {
      for (const node of watched) {
        const key = `${zoneOf.get(own)}>${node}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(225);
    expect(new Set(counts.values())).toEqual(new Set([3, 4]));
  });

  it.each([
    [100, 16],
    [300, 16],
    [600, 6],
  ])(
    "begins at most 60 edges of 10 a node, on average, when one of %i nodes joins or leaves",
    (size, trials) => {
      const limit = 10;
      const all = Array.from({ length: size }, (_, n) => peerOn(`node-${n}`, `zone-${n % 3}`));
      const before = edgesOf(all, limit);
      let begun = 0;
      for (let trial = 0; trial < trials; trial += 1) {
        const joined = edgesOf([...all, peerOn(`new-${trial}`, `zone-${trial % 3}`)], limit);
        begun += [...joined].filter((edge) => !before.has(edge)).length / trials;
      }
      expect(begun).toBeGreaterThanOrEqual(2 * limit);
      expect(begun).toBeLessThanOrEqual(6 * limit);
    },
  );

  it("does not depend on the order of the pods", () => {
    const others = Array.from({ length: 200 }, (_, n) => peerOn(`node-${n + 1}`, `zone-${n % 3}`));
    const own = { nodeName: "node-0", zone: "zone-0" };
    const expected = chooseWatched(others, own, 10);
    fc.assert(
      fc.property(fc.shuffledSubarray(others, { minLength: others.length }), (shuffled) => {
        expect(chooseWatched(shuffled, own, 10)).toEqual(expected);
      }),
    );
  });

  it("takes less than a fifth of a second among 15,000 nodes", () => {
    const others = Array.from({ length: 15_000 }, (_, n) => peerOn(`node-${n}`, `zone-${n % 3}`));
    const choose = () => chooseWatched(others, { nodeName: "own", zone: "zone-1" }, 10, hash);
    choose();
    const begun = performance.now();
    expect(choose()).toHaveLength(10);
    expect(performance.now() - begun).toBeLessThan(200);
  });
});
