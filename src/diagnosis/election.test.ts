import fc from "fast-check";
import { expect, it, test } from "vitest";
import { claimDue, claimed, type Election, heard, leads, noElection, observed } from "./election.ts";
import { claimOf, type Lease, leaseOf, leaseSeconds, releaseOf } from "./lease.ts";

const lease = (holder: string, version: number): Lease => ({ holder, version, transitions: 0 });
const first = () => 0;

test("a Lease of another is free 15 s after it was last seen to change, whatever its times say", () => {
  const seen = observed(noElection, lease("other", 1), "me", 100);
  expect(claimDue(seen, "me", first, 114)).toBe(115);
  const renewed = observed(seen, lease("other", 2), "me", 105);
  expect(claimDue(renewed, "me", first, 114)).toBe(120);
  expect(observed(renewed, lease("other", 2), "me", 110)).toBe(renewed);
});

test("a Lease that was let go is free at once, one that was deleted only when it would have ended", () => {
  const held = observed(noElection, lease("other", 1), "me", 100);
  expect(claimDue(observed(held, lease("", 2), "me", 101), "me", first, 101)).toBe(101);
  expect(claimDue(observed(held, "absent", "me", 101), "me", first, 101)).toBe(115);
  expect(claimDue(observed(noElection, "absent", "me", 7), "me", first, 7)).toBe(7);
});

test("nothing is claimed before the first look, and at once where the own name is on the Lease", () => {
  expect(claimDue(noElection, "me", first, 50)).toBe(Number.POSITIVE_INFINITY);
  expect(claimDue(observed(noElection, lease("me", 1), "me", 50), "me", first, 50)).toBe(50);
});

test("three compete, and the others join one by one", () => {
  const free = observed(noElection, "absent", "me", 0);
  const dues = [0, 2, 3, 4, 100, 15_000, Number.POSITIVE_INFINITY].map((rank) =>
    claimDue(free, "me", () => rank, 0),
  );
  expect(dues).toEqual([0, 0, 1, 2, 98, 120, 120]);
});

test("who claimed leads for 12 s from when it asked, and no more once it sees another holder", () => {
  const mine = claimed(noElection, lease("me", 1), "me", 10, 13);
  expect(leads(mine, 21.9)).toBe(true);
  expect(leads(mine, 22)).toBe(false);
  expect(claimDue(mine, "me", first, 13)).toBe(15);
  expect(leads(observed(mine, lease("other", 2), "me", 14), 14)).toBe(false);
});

test("old news changes nothing, and neither does an answer that comes after another one's claim", () => {
  const mine = claimed(noElection, lease("me", 5), "me", 10, 10);
  expect(heard(mine, lease("other", 4), "me", 11)).toBe(mine);
  const theirs = observed(mine, lease("other", 9), "me", 30);
  expect(claimed(theirs, lease("me", 7), "me", 14, 31)).toEqual(theirs);
});

test("a look by GET counts although the API's store was put back", () => {
  const before = observed(noElection, lease("other", 900), "me", 0);
  expect(observed(before, lease("third", 3), "me", 1)).toMatchObject({ lease: { holder: "third" } });
});

it("never has two leaders, and soon has one again when the faults are over", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), (seed) => {
      const { most, waited } = simulate(randomOf(seed));
      expect(most).toBeLessThanOrEqual(1);
      expect(waited).toBeLessThanOrEqual(leaseSeconds.held + 5);
    }),
    { numRuns: 300 },
  );
});

const step = 0.2;
const faultySeconds = 180;

/** What one candidate's program and network do. */
interface Simulated {
  readonly identity: string;
  /** Of its clock from the simulation's. */
  readonly offset: number;
  election: Election;
  cut: boolean;
  /** Neither runs nor hears, such as a process that is stopped or killed. */
  frozenUntil: number;
  retryAt: number;
  asking: boolean;
  /** What arrives, in order of time. */
  inbox: { at: number; act: () => void }[];
}

/** Five candidates and an API, with partitions, lost requests and answers, late news, restarts and stops, then peace. */
function simulate(random: () => number): { most: number; waited: number } {
  let now = 0;
  let version = 0;
  let stored: Lease | undefined;
  let apiDown = false;
  let most = 0;
  let peacefulLeaderAt = Number.POSITIVE_INFINITY;
  const chance = (perSecond: number) => now < faultySeconds && random() < perSecond * step;
  const all = Array.from(
    { length: 5 },
    (_, index): Simulated => ({
      identity: `agent-${index}`,
      offset: random() * 1e6,
      election: noElection,
      ...{ cut: false, frozenUntil: 0, retryAt: 0, asking: false, inbox: [] },
    }),
  );
  const clock = ({ offset }: Simulated) => now + offset;
  const delay = () => random() ** 4 * (now < faultySeconds ? 3 : 0.2);
  const later = (one: Simulated, act: () => void) => {
    one.inbox.push({ at: now + delay(), act });
  };
  const hear = (one: Simulated, news: Lease | "absent") =>
    later(one, () => {
      one.election = heard(one.election, news, one.identity, clock(one));
    });
  const look = (one: Simulated) => {
    const seen = stored ?? "absent";
    later(one, () => {
      one.election = observed(one.election, seen, one.identity, clock(one));
    });
  };
  const store = (body: ReturnType<typeof claimOf>): Lease => {
    version += 1 + Math.floor(random() * 3);
    stored = leaseOf({ ...body, metadata: { ...body.metadata, resourceVersion: String(version) } });
    for (const one of all) if (!one.cut && !apiDown) hear(one, stored);
    return stored;
  };
  const ask = (one: Simulated) => {
    const sentAt = clock(one);
    const known = typeof one.election.lease === "string" ? undefined : one.election.lease;
    const releases = leads(one.election, sentAt) && chance(0.02);
    one.asking = true;
    const fail = () => {
      one.asking = false;
      one.retryAt = clock(one) + 2 + random();
    };
    const lost = () => one.cut || apiDown || chance(0.1);
    // The request is under way for a while, and so is its answer.
    const arrivesAt = now + delay();
    requests.push({
      at: arrivesAt,
      act() {
        if (lost()) return void later(one, fail);
        if ((stored?.version ?? 0) !== (known?.version ?? 0)) {
          look(one);
          return void later(one, fail);
        }
        if (releases && known !== undefined) {
          store(releaseOf(known, now));
          return void later(one, fail);
        }
        const answer = store(claimOf(known, one, now));
        if (lost()) return void later(one, fail);
        later(one, () => {
          one.asking = false;
          one.election = claimed(one.election, answer, one.identity, sentAt, clock(one));
        });
      },
    });
    if (!releases) return;
    const { claimedAt: _, ...rest } = one.election;
    one.election = rest;
  };
  const requests: { at: number; act: () => void }[] = [];

  for (const one of all) look(one);
  for (; now < faultySeconds + 40; now += step) {
    if (now >= faultySeconds) apiDown = false;
    else if (random() < (apiDown ? 0.1 : 0.01) * step) apiDown = !apiDown;
    for (const due of takeDue(requests, now)) due.act();
    for (const one of all) {
      if (chance(0.01)) one.cut = true;
      if (now >= faultySeconds || chance(0.05)) one.cut = false;
      if (chance(0.01)) one.frozenUntil = now + random() * 40;
      if (now < one.frozenUntil) continue;
      if (chance(0.005)) {
        Object.assign(one, { election: noElection, inbox: [], asking: false });
        look(one);
      }
      for (const due of takeDue(one.inbox, now)) due.act();
      const rank = () => all.indexOf(one);
      if (
        !one.asking &&
        clock(one) >= Math.max(one.retryAt, claimDue(one.election, one.identity, rank, clock(one)))
      ) {
        ask(one);
      }
    }
    const leading = all.filter((one) => leads(one.election, clock(one))).length;
    most = Math.max(most, leading);
    const awake = all.some((one) => leads(one.election, clock(one)) && now >= one.frozenUntil);
    if (now >= faultySeconds && awake) peacefulLeaderAt = Math.min(peacefulLeaderAt, now);
  }
  return { most, waited: peacefulLeaderAt - faultySeconds };
}

function takeDue<Item extends { at: number }>(queue: Item[], now: number): Item[] {
  const due = queue.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
  queue.splice(0, queue.length, ...queue.filter(({ at }) => at > now));
  return due;
}

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
