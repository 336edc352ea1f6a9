import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { pino } from "pino";
import type { Clock, Edges } from "../../src/edges.ts";

/** The real clock, running `speed` times as fast, so that a deadline of seconds can be waited for. */
export function fastClock(speed: number): Clock {
  return {
    now: () => (performance.now() / 1000) * speed,
    wallNow: () => Date.now() / 1000,
    after(seconds, callback) {
      const timer = setTimeout(callback, (seconds / speed) * 1000);
      return () => clearTimeout(timer);
    },
  };
}

/** Real edges without a log, except for what the test replaces. */
export function testEdges(replaced: Partial<Edges> = {}): Edges {
  return {
    clock: fastClock(1),
    random: Math.random,
    lookup: async (hostname) => (await lookup(hostname)).address,
    connect: ({ address, port }) => connect({ host: address, port, autoSelectFamily: false }),
    hostname: "this-agent",
    localAddresses: () => [],
    serviceAccountDirectory: "/nonexistent",
    log: pino({ level: "silent" }),
    ownsProcess: false,
    ...replaced,
  };
}
