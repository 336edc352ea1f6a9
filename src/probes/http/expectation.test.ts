import { describe, expect, it } from "vitest";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { startHttpPeer } from "../../../test/peers/httpPeer.ts";
import { httpTarget } from "../../../test/peers/httpTarget.ts";
import type { Edges } from "../../edges.ts";
import type { Expectation } from "./expectation.ts";
import { httpProbe } from "./probe.ts";
import { Connections } from "./target.ts";

const never = new AbortController().signal;

const attempt = (url: URL, expected: Expectation, edges: Edges = testEdges(), connections?: Connections) =>
  httpProbe.attempt(
    httpTarget(url, { expect: expected, ...(connections === undefined ? {} : { connections }) }),
    { signal: never, edges },
  );

describe("an expected status", () => {
  it.each<[number, Expectation]>([
    [204, { status: [200, 204] }],
    [204, { status: ["2xx"] }],
    [404, { status: ["5xx", 404] }],
    [200, {}],
  ])("of %i is good for %j", async (code, expected) => {
    await using peer = await startHttpPeer((_request, response) => response.writeHead(code).end());
    expect((await attempt(peer.url, expected)).state).toBe("ok");
  });

  it.each<[number, Expectation]>([
    [200, { status: [204] }],
    [500, { status: ["2xx", "4xx"] }],
    [201, {}],
  ])("of %i is not good for %j", async (code, expected) => {
    await using peer = await startHttpPeer((_request, response) => response.writeHead(code).end());
    expect(await attempt(peer.url, expected)).toMatchObject({ phase: "processing", reason: "http_status" });
  });

  it("that redirects is the end of the way", async () => {
    await using peer = await startHttpPeer((_request, response) => {
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect((await attempt(peer.url, { status: ["3xx"] })).state).toBe("ok");
    expect(peer.requests).toHaveLength(1);
  });
});

describe("an expected body", () => {
  const status = "status: grün";

  it.each<[NonNullable<Expectation["body"]>, "ok" | "failed"]>([
    [{ contains: "grün" }, "ok"],
    [{ matches: /^status: \w/ }, "ok"],
    [{ contains: "status", matches: /gr.n$/u }, "ok"],
    [{ contains: "rot" }, "failed"],
    [{ contains: "grün", matches: /rot/ }, "failed"],
  ])("of %j is %s", async (body, state) => {
    await using peer = await startHttpPeer((_request, response) => response.end(status));
    const outcome = await attempt(peer.url, { body });
    expect(outcome.state).toBe(state);
    expect("phases" in outcome && Object.keys(outcome.phases)).toEqual(["connect", "processing", "transfer"]);
  });

  it("that is missing is a body_mismatch after an answer", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end(status));
    expect(await attempt(peer.url, { body: { contains: "red" } })).toMatchObject({
      ...{ state: "failed", phase: "transfer", reason: "body_mismatch" },
      detail: 'the body does not contain "red"',
      reading: { roundTrips: [{ code: 200 }] },
    });
  });

  it("is found by a global expression each time", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end("up"));
    const body = { matches: /up/g };
    expect((await attempt(peer.url, { body })).state).toBe("ok");
    expect((await attempt(peer.url, { body })).state).toBe("ok");
  });

  it("is not looked for behind another status", async () => {
    await using peer = await startHttpPeer((_request, response) => response.writeHead(503).end("up"));
    expect(await attempt(peer.url, { body: { contains: "up" } })).toMatchObject({ reason: "http_status" });
  });

  it("is looked for in its first 64 KiB only, and the connection closed although it goes on", async () => {
    await using peer = await startHttpPeer((_request, response) => {
      response.write("x".repeat(64 * 1024));
      response.write("late");
    });
    const outcome = await attempt(peer.url, { body: { contains: "late" } });
    expect(outcome).toMatchObject({ state: "failed", reason: "body_mismatch" });
    await peer.allClosed();
  });

  it("that stalls is a body_stall, and its socket is gone", async () => {
    await using peer = await startHttpPeer((_request, response) => response.write("not yet"));
    const edges = testEdges({ clock: fastClock(10) });
    expect(await attempt(peer.url, { body: { contains: "up" } }, edges)).toMatchObject({
      ...{ state: "failed", phase: "transfer", reason: "body_stall" },
      reading: { roundTrips: [{ code: 200 }] },
    });
    await peer.allClosed();
  });

  it("that breaks off is a reset", async () => {
    await using peer = await startHttpPeer((_request, response) => {
      response.writeHead(200, { "content-length": 9 }).write("some", () => response.socket?.destroySoon());
    });
    expect(await attempt(peer.url, { body: { contains: "up" } })).toMatchObject({
      ...{ phase: "transfer", reason: "reset" },
    });
  });

  it("leaves a kept connection open", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end("up"));
    const connections = new Connections(true);
    for (let n = 0; n < 2; n += 1) {
      expect((await attempt(peer.url, { body: { contains: "up" } }, testEdges(), connections)).state).toBe(
        "ok",
      );
    }
    expect(peer.accepted).toBe(1);
    connections.destroy();
  });
});
