import { describe, expect, it } from "vitest";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { closedPort, type Peer, startHttpPeer, startTcpPeer } from "../../../test/peers/httpPeer.ts";
import { httpTarget } from "../../../test/peers/httpTarget.ts";
import { agentHeader, writeAgentHeader } from "../agentIdentity.ts";
import { serviceProbe } from "./probe.ts";
import { createReach, type ExpectedEndpoint } from "./reach.ts";

const never = new AbortController().signal;

/** A Service of the test's making: each connection is answered by the next of `pods`; an empty name is no agent's. */
function startService(pods: readonly string[], status = 200): Promise<Peer> {
  let connections = 0;
  return startHttpPeer((_request, response) => {
    const pod = pods[connections++ % pods.length] ?? "";
    if (pod !== "") response.setHeader(agentHeader, writeAgentHeader({ pod }));
    response.writeHead(status).end();
  });
}

/** Attempts by the Service's address, with one ledger. */
function attemptsOn(port: number, pods: readonly string[], edges = testEdges()) {
  const target = {
    request: httpTarget(new URL("http://nurses.test:8080/alwayshappy"), {
      connectTo: { address: "127.0.0.1", port },
    }),
    reach: createReach(),
    expected: (): ExpectedEndpoint[] => pods.map((pod) => ({ pod, near: true })),
  };
  return () => serviceProbe.attempt(target, { signal: never, edges });
}

describe("a Service's address", () => {
  it("that leads to each endpoint is ok, by a new connection each time", async () => {
    await using service = await startService(["a", "b", "c"]);
    const attempt = attemptsOn(service.port, ["a", "b", "c"]);
    for (let n = 0; n < 60; n += 1) expect((await attempt()).state).toBe("ok");
    expect(await attempt()).toMatchObject({
      state: "ok",
      reading: { kind: "service", answeredBy: { pod: "a" }, expected: 3, unreached: [] },
    });
    expect(service.accepted).toBe(61);
    await service.allClosed();
  });

  it("that leaves one out fails in the end, and names it, until it is reached", async () => {
    const pods = ["a", "b"];
    await using service = await startService(pods);
    const attempt = attemptsOn(service.port, ["a", "b", "c"]);
    for (let n = 0; n < 42; n += 1) expect((await attempt()).state).toBe("ok");
    for (let n = 0; n < 3; n += 1) {
      expect(await attempt()).toMatchObject({
        ...{ state: "failed", phase: "connect", reason: "endpoint_unreached" },
        detail: "the Service does not lead to c",
        reading: { expected: 3, unreached: ["c"] },
      });
    }
    pods.splice(0, 2, "c");
    expect((await attempt()).state).toBe("ok");
  });

  it("that leads to older agents, too, which do not name themselves, is ok", async () => {
    await using service = await startService(["a", "b", ""]);
    const attempt = attemptsOn(service.port, ["a", "b", "old"]);
    for (let n = 0; n < 200; n += 1) expect((await attempt()).state).toBe("ok");
  });

  it("that leads to strangers, or to agents that are not known yet, is ok", async () => {
    await using strangers = await startService([""]);
    const attempt = attemptsOn(strangers.port, ["a", "b"]);
    for (let n = 0; n < 60; n += 1) expect((await attempt()).state).toBe("ok");
    await using others = await startService(["x", "y"]);
    const attemptOthers = attemptsOn(others.port, ["a", "b"]);
    for (let n = 0; n < 60; n += 1) expect((await attemptOthers()).state).toBe("ok");
  });

  it("that answers badly fails as any HTTP does, and the endpoint that answered counts as reached", async () => {
    await using service = await startService(["a"], 503);
    expect(await attemptsOn(service.port, ["a"])()).toMatchObject({
      ...{ state: "failed", phase: "processing", reason: "http_status", detail: "503 Service Unavailable" },
      reading: { kind: "service", answeredBy: { pod: "a" }, expected: 1, unreached: [] },
    });
  });

  it("that refuses, stays silent or resets fails as any HTTP does", async () => {
    expect(await attemptsOn(await closedPort(), ["a"])()).toMatchObject({ reason: "connect_refused" });
    await using silent = await startTcpPeer(() => {});
    const impatient = testEdges({ clock: fastClock(10) });
    expect(await attemptsOn(silent.port, ["a"], impatient)()).toMatchObject({ reason: "response_timeout" });
    await silent.allClosed();
    await using resetting = await startTcpPeer((socket) =>
      socket.once("data", () => socket.resetAndDestroy()),
    );
    expect(await attemptsOn(resetting.port, ["a"])()).toMatchObject({ reason: "reset" });
  });

  it("is not judged by an attempt that is called off", async () => {
    await using service = await startService(["a"]);
    const target = { request: httpTarget(service.url), reach: createReach(), expected: () => [] };
    const calledOff = { signal: AbortSignal.abort("stopping"), edges: testEdges() };
    expect(await serviceProbe.attempt(target, calledOff)).toEqual({ state: "discarded", why: "stopping" });
  });
});
