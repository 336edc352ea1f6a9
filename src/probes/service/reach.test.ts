import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReach, type ExpectedEndpoint } from "./reach.ts";

const endpoints = (count: number, near: (n: number) => boolean = () => true): ExpectedEndpoint[] =>
  Array.from({ length: count }, (_, n) => ({ pod: `nurse-${n}`, near: near(n) }));

/** Uniform in [0, 1), the same in every run (a linear congruential generator, Numerical Recipes' constants). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Connections in turn to all but the endpoint 0, until it is claimed. */
function connectionsUntilClaim(expected: readonly ExpectedEndpoint[]): number {
  const reach = createReach();
  for (let n = 0; n < 10_000; n += 1) {
    const unreached = reach.note(`nurse-${1 + (n % (expected.length - 1))}`, expected);
    if (unreached.length > 0) {
      expect(unreached).toEqual(["nurse-0"]);
      return n + 1;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe("an endpoint that the Service never leads to", () => {
  // By hand: (ln 3 + 16) / ln (3/2) = 42.2; (ln 10 + 16) / ln (10/9) = 173.7; (ln 50 + 16) / ln (50/49) = 985.6.
  it.each([
    [3, 43],
    [10, 174],
    [50, 986],
  ])("of %i is claimed at connection %i, within the coupon collector's bound", (count, connections) => {
    expect(connectionsUntilClaim(endpoints(count))).toBe(connections);
    expect(connections).toBeLessThanOrEqual(Math.ceil(count * (Math.log(count) + 16)));
  });

  it("of more than 50 is not claimed", () => {
    expect(connectionsUntilClaim(endpoints(51))).toBe(Number.POSITIVE_INFINITY);
  });

  it("stays claimed until it is reached", () => {
    const reach = createReach();
    const expected = endpoints(3);
    for (let n = 0; n < 60; n += 1) reach.note(`nurse-${1 + (n % 2)}`, expected);
    expect(reach.note(undefined, expected)).toEqual(["nurse-0"]);
    expect(reach.note("nurse-0", expected)).toEqual([]);
    expect(reach.note("nurse-1", expected)).toEqual([]);
  });

  it("is given its time from when it becomes expected", () => {
    const reach = createReach();
    for (let n = 0; n < 60; n += 1) reach.note(`nurse-${1 + (n % 2)}`, endpoints(3).slice(1));
    for (let n = 0; n < 42; n += 1) expect(reach.note(`nurse-${1 + (n % 2)}`, endpoints(3))).toEqual([]);
    expect(reach.note("nurse-1", endpoints(3))).toEqual(["nurse-0"]);
  });

  it("is given no less time when others leave", () => {
    const reach = createReach();
    for (let n = 0; n < 60; n += 1) reach.note(`nurse-${1 + (n % 19)}`, endpoints(20));
    expect(reach.note("nurse-1", endpoints(3))).toEqual([]);
  });
});

describe("no claim is made", () => {
  it("where session affinity leads to one endpoint, and to another when that one is gone", () => {
    const reach = createReach();
    for (const pod of ["nurse-1", "nurse-2"])
      for (let n = 0; n < 1000; n += 1) expect(reach.note(pod, endpoints(4))).toEqual([]);
  });

  it("where routing by topology leads to near endpoints only, after it led to all", () => {
    const reach = createReach();
    const expected = endpoints(6, (n) => n < 3);
    const random = seededRandom(1);
    for (let n = 0; n < 1000; n += 1) reach.note(`nurse-${Math.floor(random() * 6)}`, expected);
    for (let n = 0; n < 1000; n += 1)
      expect(reach.note(`nurse-${Math.floor(random() * 3)}`, expected)).toEqual([]);
  });

  it("from answers of pods that are not expected", () => {
    const reach = createReach();
    for (let n = 0; n < 1000; n += 1) expect(reach.note(`other-${n % 2}`, endpoints(3))).toEqual([]);
  });

  it("by chance in 200,000 connections to endpoints chosen at random, of which 0.006 claims are to be expected", () => {
    const random = seededRandom(2);
    for (const count of [2, 3, 8, 30]) {
      const reach = createReach();
      const expected = endpoints(count);
      for (let n = 0; n < 50_000; n += 1) {
        const unreached = reach.note(`nurse-${Math.floor(random() * count)}`, expected);
        if (unreached.length > 0) expect.fail(`${unreached} at ${n} of ${count}`);
      }
    }
  });
});

describe("the chance of a false claim", () => {
  it.each([2, 5, 20])("of %i endpoints is e^-c / E a connection, as simulated at c = 4", (count) => {
    const random = seededRandom(3);
    const expected = endpoints(count);
    const reach = createReach(4);
    const connections = 200_000;
    let claims = 0;
    let before = new Set<string>();
    for (let n = 0; n < connections; n += 1) {
      const unreached = new Set(reach.note(`nurse-${Math.floor(random() * count)}`, expected));
      claims += unreached.difference(before).size;
      before = unreached;
    }
    const promised = (connections * Math.exp(-4)) / count;
    expect(claims).toBeLessThan(1.1 * promised);
    expect(claims).toBeGreaterThan(0.5 * promised);
  });
});

describe("a ledger of any connections", () => {
  const pods = fc.integer({ min: 0, max: 9 }).map((n) => `nurse-${n}`);
  const notes = fc.array(
    fc.record({
      answeredBy: fc.option(pods, { nil: undefined }),
      expected: fc.uniqueArray(fc.record({ pod: pods, near: fc.boolean() }), { selector: ({ pod }) => pod }),
      times: fc.integer({ min: 1, max: 60 }),
    }),
  );

  it("claims only what is expected and did not just answer", () => {
    fc.assert(
      fc.property(notes, (all) => {
        const reach = createReach();
        for (const { answeredBy, expected, times } of all) {
          for (let n = 0; n < times; n += 1) {
            const unreached = reach.note(answeredBy, expected);
            expect(unreached).not.toContain(answeredBy);
            expect(expected.map(({ pod }) => pod)).toEqual(expect.arrayContaining([...unreached]));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
