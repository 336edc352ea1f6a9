import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { startHttpPeer } from "../../test/peers/httpPeer.ts";
import { startedChecks } from "../../test/peers/startedChecks.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { createTrust } from "../probes/http/trust.ts";
import { createResults } from "../results/store.ts";
import { createSchedule } from "../schedule/schedule.ts";
import { createChecks } from "./checks.ts";
import { startServiceCheck } from "./serviceChecks.ts";

function start(environment: Record<string, string>, addresses: readonly string[]) {
  const left = [...addresses];
  const ending = new AbortController();
  const checks = startedChecks();
  const edges = testEdges({
    lookup: async () => left.shift() ?? Promise.reject(new Error("ENOTFOUND")),
    // Minutes pass at once.
    clock: { ...testEdges().clock, after: (_seconds, callback) => testEdges().clock.after(0, callback) },
  });
  startServiceCheck({
    ...{ config: loadConfig(environment).config, edges, checks, trust: createTrust(true, []) },
    agents: {
      view: () => ({ state: "fresh", peers: [] }),
      ownNode: () => ({ schedulable: true }),
      ready: () => true,
    },
    signal: ending.signal,
  });
  return { checks, edges, ending };
}

describe("the check of the Service's address", () => {
  it("starts when the address is known, and connects to it for the Service's name", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const url = `http://nurses.test:${peer.port}`;
    const { checks, ending } = start({ KUBENURSE_SERVICE_URL: url }, ["", "127.0.0.1"]);
    expect(checks.types()).toEqual([]);
    await eventually(() => expect(checks.types()).toEqual(["me_service_address"]));
    ending.abort();
    const outcome = await checks.attempt("me_service_address", testEdges());
    expect(outcome).toMatchObject({ state: "ok", reading: { kind: "service", expected: 1 } });
    expect(peer.requests[0]?.headers.host).toBe(`nurses.test:${peer.port}`);
    expect(checks.started[0]).toMatchObject({ intervalSeconds: 2.5, subject: { compatible: false } });
  });

  it("asks several times at once while some attempts fail and others do not", async () => {
    const waiting: ServerResponse[] = [];
    let connections = 0;
    const answerAll = (sound: number) => {
      for (const [n, response] of waiting.splice(0).entries()) {
        if (n < sound) response.end();
        else response.socket?.resetAndDestroy();
      }
    };
    await using peer = await startHttpPeer((_request, response) => {
      connections += 1;
      waiting.push(response);
      // One that is answered, one that is reset, then twice six, of which one is reset the first time.
      if (connections === 1) answerAll(1);
      if (connections === 2) answerAll(0);
      if (connections === 8) answerAll(5);
      if (connections >= 14) answerAll(waiting.length);
    });
    const environment = {
      KUBENURSE_SERVICE_URL: `http://nurses.test:${peer.port}`,
      KUBENURSE_CHECK_INTERVAL: "1s",
    };
    const edges = testEdges({ lookup: async () => "127.0.0.1" });
    const results = createResults(edges.clock);
    const outcomes: string[] = [];
    results.subscribe({
      ...{ begun() {}, forgotten() {}, discarded() {} },
      counted: (_subject, outcome) => outcomes.push(outcome.state),
    });
    const schedule = createSchedule(edges.clock, Math.random, 1);
    const untroubled = {
      begin:
        () =>
        <Outcome>(outcome: Outcome) =>
          outcome,
    };
    const checks = createChecks({ edges, schedule, selfWatch: untroubled, results });
    const other = {
      podName: "b",
      podIP: "10.0.0.2",
      nodeName: "node-b",
      hostIP: "",
      settledAt: 0,
      ready: true,
    };
    const ending = new AbortController();
    startServiceCheck({
      ...{ config: loadConfig(environment).config, edges, checks, trust: createTrust(true, []) },
      agents: {
        view: () => ({ state: "fresh", peers: [other] }),
        ownNode: () => ({ schedulable: true }),
        ready: () => true,
      },
      signal: ending.signal,
    });
    await eventually(() => expect(outcomes.length).toBeGreaterThan(14));
    ending.abort();
    await checks.stop();
    expect(outcomes.slice(0, 2)).toEqual(["ok", "failed"]);
    expect(outcomes.slice(2, 8).toSorted()).toEqual(["failed", ...Array(5).fill("ok")]);
    expect(outcomes.slice(8)).toEqual(outcomes.slice(8).fill("ok"));
  });

  it("begins anew at another address", async () => {
    const { checks, ending } = start({ KUBENURSE_SERVICE_URL: "http://nurses.test" }, [
      "127.0.0.1",
      "127.0.0.2",
    ]);
    await eventually(() => expect(checks.started).toHaveLength(2));
    ending.abort();
    expect(checks.types()).toEqual(["me_service_address"]);
  });

  it.each([
    ["no Service is set", {}],
    ["it is switched off", { KUBENURSE_CHECK_SERVICE_ENDPOINTS: "false" }],
    ["the way to the Service is a proxy", { HTTP_PROXY: "http://proxy.test" }],
  ])("is not there when %s", async (when, environment) => {
    const url = when === "no Service is set" ? {} : { KUBENURSE_SERVICE_URL: "http://10.0.0.1" };
    const { checks, ending } = start({ ...url, ...environment }, ["127.0.0.1"]);
    await new Promise(setImmediate);
    ending.abort();
    expect(checks.types()).toEqual([]);
  });
});
