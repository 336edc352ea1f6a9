import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import { pino } from "pino";
import type { Clock, Edges } from "../../src/edges.ts";
import { openDatagrams } from "../../src/realDatagrams.ts";

/** The real clocks, running `speed` times as fast, so that a deadline of seconds can be waited for. */
export function fastClock(speed: number): Clock {
  const now = () => (performance.now() / 1000) * speed;
  const started = Date.now() / 1000 - now();
  return {
    now,
    wallNow: () => started + now(),
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
    openDatagrams,
    resolvConf: "/nonexistent",
    proc: "/proc",
    hostname: "this-agent",
    localAddresses: () => [],
    serviceAccountDirectory: "/nonexistent",
    log: pino({ level: "silent" }),
    ownsProcess: false,
    ...replaced,
  };
}
