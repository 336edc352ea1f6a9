import { describe, expect, it } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { startHttpPeer } from "../../test/peers/httpPeer.ts";
import { startedChecks } from "../../test/peers/startedChecks.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { createTrust } from "../probes/http/trust.ts";
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
