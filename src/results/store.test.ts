import { describe, expect, it } from "vitest";
import { type SimulatedClock, simulatedClock } from "../../test/peers/simulatedClock.ts";
import { httpSubject } from "../../test/peers/subject.ts";
import type { HttpReading } from "../probes/http/reading.ts";
import type { Discard, Failed, Ok, Reason } from "../probes/probe.ts";
import { departureGrace } from "./departureGrace.ts";
import { noGrace, type StartGrace } from "./grace.ts";
import { restartGrace } from "./restartGrace.ts";
import { startGrace } from "./startGrace.ts";
import { createResults, type Results } from "./store.ts";

const answer = (seconds: number): Ok<HttpReading> => ({
  state: "ok",
  phases: { processing: seconds },
  reading: { kind: "http", roundTrips: [{ code: 200, phases: { processing: seconds } }] },
});

const failure = (reason: Reason): Failed<HttpReading> => ({
  state: "failed",
  phase: "connect",
  reason,
  detail: reason,
  phases: { connect: 0.1 },
  reading: { kind: "http", roundTrips: [] },
});

/** A store with one check, and what its listener was told. */
function resultsOf(grace: StartGrace): {
  results: Results;
  clock: SimulatedClock;
  failures: () => number;
  discards: Discard[];
  forgotten: string[];
} {
  const clock = simulatedClock();
  const results = createResults(clock);
  const states: string[] = [];
  const discards: Discard[] = [];
  const forgotten: string[] = [];
  results.subscribe({
    counted: (_type, outcome) => states.push(outcome.state),
    discarded: (_type, why) => discards.push(why),
    begun() {},
    forgotten: ({ type }) => forgotten.push(type),
  });
  results.begin(httpSubject("check"), grace);
  const failures = () => states.filter((state) => state === "failed").length;
  return { results, clock, discards, forgotten, failures };
}

describe("a check without grace", () => {
  it("counts a failure at once and shows its detail", () => {
    const { results, failures } = resultsOf(noGrace);
    results.record("check", failure("connect_refused"));
    expect(failures()).toBe(1);
    expect(results.latest().get("check")).toMatchObject({ state: "failed", detail: "connect_refused" });
  });

  it("keeps answers and failures of the last minute", async () => {
    const { results, clock } = resultsOf(noGrace);
    results.record("check", answer(0.3));
    results.record("check", failure("reset"));
    await clock.advance(40);
    results.record("check", answer(0.2));
    results.record("check", answer(0.1));
    expect(results.recent("check")).toMatchObject({ responseSeconds: [0.1, 0.2, 0.3], failures: 1 });
    await clock.advance(30);
    expect(results.recent("check")).toMatchObject({ responseSeconds: [0.1, 0.2], failures: 0 });
    await clock.advance(60);
    expect(results.recent("check")).toEqual({ responseSeconds: [], failures: 0 });
  });

  it("shows that the token can't be read, and counts no failure", () => {
    const { results, failures, discards } = resultsOf(noGrace);
    results.record("check", { state: "discarded", why: "token-unreadable" });
    expect(results.latest().get("check")?.state).toBe("unable");
    expect(failures()).toBe(0);
    expect(discards).toEqual(["token-unreadable"]);
  });

  it.each(["self-stalled", "self-exhausted"] as const)(
    "shows no old verdict after three attempts in a row that were %s",
    (why) => {
      const { results } = resultsOf(noGrace);
      const state = () => results.latest().get("check")?.state;
      const discard = (times: number) => {
        for (let n = 0; n < times; n += 1) results.record("check", { state: "discarded", why });
      };
      discard(2);
      expect(state()).toBeUndefined();
      results.record("check", answer(0.1));
      discard(2);
      expect(state()).toBe("ok");
      discard(1);
      expect(results.latest().get("check")).toMatchObject({ state: "discarded", why });
      results.record("check", answer(0.1));
      expect(state()).toBe("ok");
    },
  );

  it("that is gone shows nothing, and is forgotten two minutes later", async () => {
    const { results, clock, forgotten } = resultsOf(noGrace);
    results.record("check", failure("reset"));
    results.end("check", "peer-left");
    expect(results.latest().size).toBe(0);
    expect(results.recent("check")?.failures).toBe(1);
    expect([...results.subjects()].map(({ type }) => type)).toEqual(["check"]);
    await clock.advance(119);
    expect(forgotten).toEqual([]);
    await clock.advance(1);
    expect(forgotten).toEqual(["check"]);
    expect(results.recent("check")).toBeUndefined();
    expect([...results.subjects()].map(({ type }) => type)).toEqual([]);
  });

  it("that begins again within two minutes goes on where it was", async () => {
    const { results, clock, forgotten } = resultsOf(noGrace);
    results.record("check", failure("reset"));
    results.end("check", "peer-left");
    await clock.advance(30);
    results.begin(httpSubject("check"), noGrace);
    expect(results.latest().size).toBe(0);
    expect(results.recent("check")?.failures).toBe(1);
    expect([...results.subjects()].map(({ type }) => type)).toEqual(["check"]);
    await clock.advance(600);
    expect(forgotten).toEqual([]);
  });

  it("that begins again as one of another kind is forgotten as the one it was", async () => {
    const { results, clock } = resultsOf(noGrace);
    const told: string[] = [];
    results.subscribe({
      counted() {},
      discarded() {},
      begun: ({ type, probe }) => told.push(`${type} begun as ${probe}`),
      forgotten: ({ type, probe }) => told.push(`${type} forgotten as ${probe}`),
    });
    results.record("check", failure("reset"));
    results.end("check", "peer-left");
    results.begin({ ...httpSubject("check"), probe: "tcp", compatible: false }, noGrace);
    expect(told).toEqual(["check forgotten as http", "check begun as tcp"]);
    expect(results.recent("check")?.failures).toBe(0);
    await clock.advance(600);
    expect(told).toHaveLength(2);
    expect(Array.from(results.subjects(), ({ probe }) => probe)).toEqual(["tcp"]);
  });

  it("that is gone leaves no timer when the agent stops", () => {
    const { results, clock } = resultsOf(noGrace);
    results.end("check", "peer-left");
    results.stop();
    expect(clock.pending).toBe(0);
  });
});

describe("a neighbour's check", () => {
  it("discards a failure when the news that the peer left comes after it", async () => {
    const { results, clock, failures, discards } = resultsOf(departureGrace);
    results.record("check", failure("connect_refused"));
    await clock.advance(0.25);
    results.end("check", "peer-left");
    await clock.advance(60);
    expect(failures()).toBe(0);
    expect(discards).toEqual(["peer-left"]);
  });

  it("counts the failure when the peer is still there half a second later, even if it answers again", async () => {
    const { results, clock, failures } = resultsOf(departureGrace);
    results.record("check", failure("connect_refused"));
    results.record("check", answer(0.1));
    expect(failures()).toBe(0);
    await clock.advance(0.5);
    expect(failures()).toBe(1);
  });

  it("counts nothing that is still open when the agent stops", async () => {
    const { results, clock, failures, discards } = resultsOf(departureGrace);
    results.record("check", failure("reset"));
    results.stop();
    await clock.advance(60);
    expect(failures()).toBe(0);
    expect(discards).toEqual(["stopping"]);
    expect(clock.pending).toBe(0);
  });
});

describe("a check of the agents' own Service or ingress", () => {
  it("discards what failed before the first agent was ready", async () => {
    const { results, clock, failures, discards } = resultsOf(startGrace);
    results.record("check", failure("connect_refused"));
    await clock.advance(20);
    results.record("check", answer(0.1));
    expect(discards).toEqual(["starting"]);
    results.record("check", failure("connect_refused"));
    expect(failures()).toBe(1);
    await clock.advance(60);
    expect(failures()).toBe(1);
  });

  it("counts all failures when no answer comes within a minute", async () => {
    const { results, clock, failures } = resultsOf(startGrace);
    results.record("check", failure("dns_error"));
    await clock.advance(59);
    expect(failures()).toBe(0);
    await clock.advance(1);
    expect(failures()).toBe(1);
    results.record("check", failure("dns_error"));
    expect(failures()).toBe(2);
  });
});

describe("an API server's check", () => {
  it("discards what a restart of less than a minute caused", async () => {
    const { results, clock, failures, discards } = resultsOf(restartGrace);
    for (const reason of ["reset", "connect_refused", "connect_refused", "http_status"] as const) {
      results.record("check", failure(reason));
      await clock.advance(5);
    }
    results.record("check", answer(0.1));
    await clock.advance(600);
    expect(failures()).toBe(0);
    expect(discards).toEqual(Array(4).fill("server-restarted"));
  });

  it("counts all failures, late, when the server stays away for over a minute", async () => {
    const { results, clock, failures } = resultsOf(restartGrace);
    for (let n = 0; n < 12; n += 1) {
      results.record("check", failure("connect_refused"));
      await clock.advance(4.9);
    }
    expect(failures()).toBe(0);
    await clock.advance(2);
    expect(failures()).toBe(12);
    results.record("check", failure("connect_refused"));
    expect(failures()).toBe(13);
  });

  it("discards a timeout, too, while a restart is under way", async () => {
    const { results, clock, failures, discards } = resultsOf(restartGrace);
    for (const outcome of [failure("connect_refused"), failure("connect_timeout"), answer(0.1)]) {
      results.record("check", outcome);
      await clock.advance(5);
    }
    expect(failures()).toBe(0);
    expect(discards).toEqual(["server-restarted", "server-restarted"]);
    results.record("check", failure("connect_timeout"));
    expect(failures()).toBe(1);
  });

  it("counts a timeout at once: a host that restarts a server answers", () => {
    const { results, failures } = resultsOf(restartGrace);
    results.record("check", failure("connect_timeout"));
    expect(failures()).toBe(1);
  });

  it("does not excuse one bad server of three for more than a minute", async () => {
    const { results, clock, failures } = resultsOf(restartGrace);
    for (let n = 0; n < 600; n += 1) {
      results.record("check", n % 3 === 0 ? failure("connect_refused") : answer(0.1));
      await clock.advance(5);
    }
    expect(failures()).toBeGreaterThan(190);
  });

  /** Restarts so far from each other, and the failures that were counted. */
  const restarts = async (times: number, seconds: number) => {
    const { results, clock, failures } = resultsOf(restartGrace);
    for (let restart = 0; restart < times; restart += 1) {
      results.record("check", failure("connect_refused"));
      await clock.advance(10);
      results.record("check", answer(0.1));
      await clock.advance(seconds);
    }
    return failures();
  };

  it("excuses three restarts of an upgrade, and the next ones after half an hour", async () => {
    expect(await restarts(3, 120)).toBe(0);
    expect(await restarts(9, 700)).toBe(0);
  });

  it("counts the fourth restart in half an hour, since it crashes", async () => {
    expect(await restarts(10, 120)).toBe(7);
  });
});
