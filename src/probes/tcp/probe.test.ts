import { connect, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startDeafListener } from "../../../test/peers/deafListener.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { closedPort, startTcpPeer } from "../../../test/peers/httpPeer.ts";
import { tcpProbe } from "./probe.ts";

const never = new AbortController().signal;

const attempt = (
  port: number,
  { host = "127.0.0.1", refusedIsReached = false, edges = testEdges(), signal = never } = {},
) => tcpProbe.attempt({ host, port, refusedIsReached }, { signal, edges });

const phasesOf = (outcome: Awaited<ReturnType<typeof attempt>>) =>
  outcome.state === "discarded" ? [] : Object.keys(outcome.phases);

describe("a connection", () => {
  it("that opens is ok, and is closed", async () => {
    await using peer = await startTcpPeer(() => {});
    const outcome = await attempt(peer.port);
    expect(outcome).toMatchObject({ state: "ok", reading: { kind: "tcp" } });
    expect(phasesOf(outcome)).toEqual(["connect"]);
    await peer.allClosed();
    expect(peer.accepted).toBe(1);
  });

  it("to a name has a resolve phase", async () => {
    await using peer = await startTcpPeer(() => {});
    const edges = testEdges({ lookup: async (name) => (name === "node.test" ? "127.0.0.1" : name) });
    expect(phasesOf(await attempt(peer.port, { host: "node.test", edges }))).toEqual(["resolve", "connect"]);
  });

  it("to a name that nobody knows is dns_error", async () => {
    const lookup = () => Promise.reject(Object.assign(new Error("ENOTFOUND"), { code: "ENOTFOUND" }));
    const outcome = await attempt(1, { host: "node.test", edges: testEdges({ lookup }) });
    expect(outcome).toMatchObject({ state: "failed", phase: "resolve", reason: "dns_error" });
  });

  it("to a name that no resolver answers for is dns_timeout", async () => {
    const edges = testEdges({ clock: fastClock(10), lookup: () => new Promise(() => {}) });
    const outcome = await attempt(1, { host: "node.test", edges });
    expect(outcome).toMatchObject({ state: "failed", phase: "resolve", reason: "dns_timeout" });
  });

  it("to a host that drops every SYN is connect_timeout after 5 s, although refusals count", async () => {
    await using listener = await startDeafListener();
    const edges = testEdges({ clock: fastClock(10) });
    const outcome = await attempt(listener.port, { refusedIsReached: true, edges });
    expect(outcome).toMatchObject({ state: "failed", phase: "connect", reason: "connect_timeout" });
    expect(outcome.state === "failed" && outcome.phases.connect).toBeCloseTo(5, 0);
  });

  it.each(["EHOSTUNREACH", "ENETUNREACH"])("that ends with %s is connect_unreachable", async (code) => {
    const edges = testEdges({
      connect: () => new Socket().destroy(Object.assign(new Error(code), { code })),
    });
    const outcome = await attempt(1, { refusedIsReached: true, edges });
    expect(outcome).toMatchObject({ state: "failed", reason: "connect_unreachable", detail: code });
  });
});

describe("a refusal", () => {
  it("is a failure", async () => {
    const outcome = await attempt(await closedPort());
    expect(outcome).toMatchObject({ state: "failed", phase: "connect", reason: "connect_refused" });
  });

  it("is a success where it proves that the host was reached", async () => {
    const outcome = await attempt(await closedPort(), { refusedIsReached: true });
    expect(outcome.state).toBe("ok");
    expect(phasesOf(outcome)).toEqual(["connect"]);
  });
});

describe("an attempt says nothing", () => {
  it("of the network when the own host lacks something", async () => {
    const error = Object.assign(new Error("EMFILE"), { code: "EMFILE" });
    const edges = testEdges({ connect: () => new Socket().destroy(error) });
    expect(await attempt(1, { edges })).toEqual({ state: "discarded", why: "self-exhausted" });
  });

  it("when it is called off, and its socket is gone", async () => {
    await using listener = await startDeafListener();
    const calledOff = new AbortController();
    const sockets: Socket[] = [];
    const edges = testEdges({
      connect: ({ address, port }) => {
        setImmediate(() => calledOff.abort("peer-left"));
        sockets.push(connect({ host: address, port }));
        return sockets[0] ?? new Socket();
      },
    });
    const outcome = await attempt(listener.port, { edges, signal: calledOff.signal });
    expect(outcome).toEqual({ state: "discarded", why: "peer-left" });
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it("when it was called off before it began", async () => {
    const outcome = await attempt(1, { signal: AbortSignal.abort("stopping") });
    expect(outcome).toEqual({ state: "discarded", why: "stopping" });
  });
});
