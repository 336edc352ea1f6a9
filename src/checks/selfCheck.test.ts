import { afterEach, beforeEach, expect, it } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { closedPort, startHttpPeer } from "../../test/peers/httpPeer.ts";
import { httpSubject } from "../../test/peers/subject.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { createTrust } from "../probes/http/trust.ts";
import { noGrace } from "../results/grace.ts";
import { createSelfWatch } from "../results/selfWatch.ts";
import { createResults, type Results } from "../results/store.ts";
import { createLoopDelay } from "../schedule/loopDelay.ts";
import { createSchedule } from "../schedule/schedule.ts";
import { type Checks, createChecks } from "./checks.ts";
import { httpChecks } from "./httpCheck.ts";
import { selfCheck } from "./selfCheck.ts";

const own = { address: "127.72.1.1", port: 8080 };
const edges = testEdges({ listenAddress: own.address });
const httpCheck = httpChecks({ config: loadConfig({}).config, trust: createTrust(true, []) });

let results: Results;
let checks: Checks;
/** What became of each attempt, such as `gone connect_refused`. */
let told: string[];
beforeEach(() => {
  told = [];
  results = createResults(edges.clock);
  results.subscribe({
    begun() {},
    forgotten() {},
    counted: ({ type }, outcome) => told.push(`${type} ${outcome.state === "ok" ? "ok" : outcome.reason}`),
    discarded: ({ type }, why) => told.push(`${type} ${why}`),
  });
  const schedule = createSchedule(edges.clock, Math.random, 0.05);
  const loopDelay = createLoopDelay(edges.clock, () => {});
  const selfWatch = createSelfWatch({ clock: edges.clock, loopDelay, readThrottling: () => undefined });
  checks = createChecks({ edges, schedule, selfWatch, results });
});
afterEach(() => checks.stop());

async function startBoth(): Promise<void> {
  checks.start(selfCheck(edges, httpCheck));
  const url = new URL(`http://127.0.0.1:${await closedPort()}/`);
  checks.start(httpCheck({ subject: httpSubject("gone"), grace: noGrace }, { url, headers: {} }));
}

const soonTold = (what: string) => {
  told.length = 0;
  return eventually(() => expect(told).toContain(what));
};

it("an agent that reaches itself counts what others fail", async () => {
  await using _self = await startHttpPeer((_request, response) => response.end(), own);
  await startBoth();
  await soonTold("me_loopback ok");
  await soonTold("gone connect_refused");
  expect(told).not.toContain("gone self-unreachable");
});

it("one that does not reach itself says so, and discards the rest until it does again", async () => {
  await startBoth();
  await soonTold("me_loopback connect_refused");
  await soonTold("gone self-unreachable");
  await using _self = await startHttpPeer((_request, response) => response.end(), own);
  await soonTold("me_loopback ok");
  await soonTold("gone connect_refused");
});
