import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { connect, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startAgentServer } from "../../../test/peers/agentServer.ts";
import { startDeafListener } from "../../../test/peers/deafListener.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { closedPort, peerOf, startHttpPeer, startTcpPeer } from "../../../test/peers/httpPeer.ts";
import { type Piece, startLossyRelay } from "../../../test/peers/lossyRelay.ts";
import { makeCertificateAuthority } from "../../demo/certificates.ts";
import { createTrust } from "../http/trust.ts";
import { makePayload } from "./bytes.ts";
import { payloadProbe } from "./probe.ts";

const never = new AbortController().signal;
/** Deadlines pass in a quarter of their time, so that a busy machine can still be prompt. */
const impatient = testEdges({ clock: fastClock(4) });
/** For what is never answered. */
const hasty = testEdges({ clock: fastClock(20) });

const attempt = (port: number, { edges = testEdges(), signal = never, protocol = "http" } = {}) => {
  const url = new URL(`${protocol}://127.0.0.1:${port}/alwayshappy`);
  return payloadProbe.attempt({ url, trust: createTrust(false, []) }, { signal, edges });
};

const nurseB = { pod: "nurse-b", node: "node-b", nodeAddress: "192.0.2.2" };

/** An agent that answers some requests in another way. */
function agentLike(other: { [exchange in "small" | "out" | "in"]?: RequestListener } = {}): RequestListener {
  return (request, response) => {
    response.setHeader("Kubenurse-Agent", "pod=nurse-b");
    request.resume();
    const large = request.url === "/payload";
    const exchange = large ? (request.method === "POST" ? "out" : "in") : "small";
    const answer = { small: "", out: "16384", in: makePayload() };
    const usual: RequestListener = () => response.end(answer[exchange]);
    (other[exchange] ?? usual)(request, response);
  };
}

const large = ({ bytes }: Piece) => bytes > 1400;

describe("an agent that gets and gives all", () => {
  it("is ok over one connection", async () => {
    await using server = await startAgentServer();
    await using relay = await startLossyRelay(server.port, () => false);
    const outcome = await attempt(relay.port);
    expect(outcome).toEqual({
      state: "ok",
      phases: { connect: expect.any(Number), processing: expect.any(Number), transfer: expect.any(Number) },
      reading: { kind: "payload", answeredBy: nurseB },
    });
    await relay.allClosed();
    expect(relay.accepted).toBe(1);
  });

  it("is ok over TLS", async () => {
    const certificate = await (await makeCertificateAuthority()).issue({ addresses: ["127.0.0.1"] });
    await using peer = await peerOf(createServer(certificate, agentLike()), "https");
    const outcome = await attempt(peer.port, { protocol: "https" });
    expect(outcome.state === "ok" && Object.keys(outcome.phases)).toEqual([
      "connect",
      "tls",
      "processing",
      "transfer",
    ]);
    await peer.allClosed();
    expect(peer.accepted).toBe(1);
  });

  it("is ok although it takes its time, which shows", async () => {
    const late: RequestListener = (_request, response) => setTimeout(() => response.end("16384"), 100);
    await using peer = await startHttpPeer(agentLike({ out: late }));
    const outcome = await attempt(peer.port);
    expect(outcome.state === "ok" && outcome.phases.transfer).toBeGreaterThan(0.09);
  });
});

describe.concurrent("a path that loses large packets", () => {
  it.each([
    [
      "on the way out",
      (piece: Piece) => piece.direction === "out" && large(piece),
      "out",
      "16 KiB stall out,",
    ],
    ["on the way in", (piece: Piece) => piece.direction === "in" && large(piece), "in", "16 KiB stall in,"],
    ["both ways", large, "out", "16 KiB stall out and in,"],
  ])("%s is a black hole of that direction", async (_where, loses, direction, detail) => {
    await using server = await startAgentServer();
    await using relay = await startLossyRelay(server.port, loses);
    const outcome = await attempt(relay.port, { edges: impatient });
    expect(outcome).toMatchObject({
      state: "failed",
      phase: "transfer",
      reason: `mtu_black_hole_${direction}`,
      detail: `${detail} small messages pass`,
      reading: { answeredBy: nurseB },
    });
    expect(outcome.state === "failed" && outcome.phases.transfer).toBeGreaterThan(2.9);
    await relay.allClosed();
    expect(relay.accepted).toBe(2);
  });
});

describe.concurrent("a stall that is no black hole", () => {
  it.each(["out", "in"] as const)("but happened once on the way %s is a body_stall", async (direction) => {
    await using server = await startAgentServer();
    await using relay = await startLossyRelay(
      server.port,
      (piece) => piece.connection === 1 && piece.direction === direction && large(piece),
    );
    expect(await attempt(relay.port, { edges: impatient })).toMatchObject({
      state: "failed",
      phase: "transfer",
      reason: "body_stall",
      detail: `16 KiB ${direction} stalled; then they passed`,
    });
    await relay.allClosed();
  });

  it("but a path that broke meanwhile is a body_stall", async () => {
    await using server = await startAgentServer();
    await using relay = await startLossyRelay(server.port, (piece) => piece.connection > 1 || large(piece));
    expect(await attempt(relay.port, { edges: impatient })).toMatchObject({
      reason: "body_stall",
      detail: "16 KiB out stalled; then processing: no answer within 5 s",
    });
    await relay.allClosed();
  });

  it("but an agent that is slow is a body_stall", async () => {
    const slowly: RequestListener = (_request, response) => setTimeout(() => response.end(), 300);
    await using peer = await startHttpPeer(agentLike({ small: slowly, out: () => {} }));
    const outcome = await attempt(peer.port, { edges: impatient });
    expect(outcome).toMatchObject({ reason: "body_stall" });
    expect(outcome.state === "failed" && outcome.detail).toMatch(/then a small message took 1\.\d s$/);
  });
});

describe("an agent", () => {
  it("that drops every SYN is connect_timeout", async () => {
    await using listener = await startDeafListener();
    expect(await attempt(listener.port, { edges: hasty })).toMatchObject({
      phase: "connect",
      reason: "connect_timeout",
    });
  });

  it("that is gone is connect_refused", async () => {
    expect(await attempt(await closedPort())).toMatchObject({ phase: "connect", reason: "connect_refused" });
  });

  it("that accepts and says nothing is response_timeout", async () => {
    await using peer = await startTcpPeer(() => {});
    expect(await attempt(peer.port, { edges: hasty })).toMatchObject({
      phase: "processing",
      reason: "response_timeout",
    });
    expect(await attempt(peer.port, { edges: hasty, protocol: "https" })).toMatchObject({
      phase: "tls",
      reason: "response_timeout",
    });
    await peer.allClosed();
  });

  it.each<[string, Parameters<typeof agentLike>[0], object]>([
    [
      "that resets the connection while it is sent to",
      { out: ({ socket }) => socket.resetAndDestroy() },
      { phase: "transfer", reason: "reset" },
    ],
    [
      "that closes the connection while it sends",
      {
        in: ({ socket }, response) => {
          response.writeHead(200, { "content-length": 16_384 });
          response.write(makePayload().subarray(0, 5000), () => socket.destroySoon());
        },
      },
      { phase: "transfer", reason: "reset" },
    ],
    [
      "that counts wrong",
      { out: (_request, response) => response.end("1400") },
      { phase: "transfer", reason: "body_mismatch", detail: "16384 bytes sent, and received: 1400" },
    ],
    [
      "that sends other bytes",
      { in: (_request, response) => response.end(Buffer.alloc(16_384)) },
      { reason: "body_mismatch", detail: "16384 bytes, not the 16384 expected" },
    ],
    [
      "that sends fewer bytes",
      { in: (_request, response) => response.end(makePayload().subarray(1)) },
      { reason: "body_mismatch", detail: "16383 bytes, not the 16384 expected" },
    ],
    [
      "that sends without end",
      {
        in: (_request, response) => {
          const write = () => {
            while (!response.destroyed && response.write(makePayload()));
          };
          response.on("drain", write);
          write();
        },
      },
      { reason: "body_mismatch", detail: "more than 16384 bytes" },
    ],
    [
      "that refuses the payload",
      { out: (_request, response) => response.writeHead(413).end() },
      { phase: "transfer", reason: "http_status", detail: "413 Payload Too Large" },
    ],
    [
      "that has an error",
      { small: (_request, response) => response.writeHead(500).end() },
      { phase: "processing", reason: "http_status", detail: "500 Internal Server Error" },
    ],
  ])("%s fails", async (_what, other, failure) => {
    await using peer = await startHttpPeer(agentLike(other));
    expect(await attempt(peer.port)).toMatchObject({ state: "failed", ...failure });
    await peer.allClosed();
    expect(peer.accepted).toBe(1);
  });

  it("that speaks no HTTP is body_mismatch", async () => {
    await using peer = await startTcpPeer((socket) => socket.end("220 mail.test ESMTP\r\n"));
    expect(await attempt(peer.port)).toMatchObject({ phase: "processing", reason: "body_mismatch" });
  });
});

describe("a server that has no other side for this", () => {
  const unable = { state: "discarded", why: "peer-unable" };

  it.each<[string, RequestListener]>([
    [
      // Which answers every path it does not know like this.
      "the Go kubenurse",
      ({ url }, response) => {
        if (url === "/alwayshappy") response.end();
        else response.writeHead(301, { location: "/alive" }).end();
      },
    ],
    ["somebody else", (_request, response) => response.writeHead(404).end()],
    ["one with another header", (_request, response) => response.setHeader("Kubenurse-Agent", "yes").end()],
    [
      "an agent without the endpoint",
      agentLike({
        out: (_request, response) => {
          response.removeHeader("Kubenurse-Agent");
          response.writeHead(301, { location: "/alive" }).end();
        },
      }),
    ],
  ])("%s is peer-unable", async (_who, answer) => {
    await using peer = await startHttpPeer(answer);
    expect(await attempt(peer.port)).toEqual(unable);
    await peer.allClosed();
  });
});

describe("an attempt says nothing", () => {
  it("of the network when the own host lacks something, be it for the second connection", async () => {
    await using server = await startAgentServer();
    await using relay = await startLossyRelay(server.port, large);
    const error = Object.assign(new Error("EMFILE"), { code: "EMFILE" });
    let connections = 0;
    const edges = {
      ...impatient,
      connect: ({ address, port }: { address: string; port: number }) => {
        connections += 1;
        return connections === 1 ? connect({ host: address, port }) : new Socket().destroy(error);
      },
    };
    expect(await attempt(relay.port, { edges })).toEqual({ state: "discarded", why: "self-exhausted" });
    expect(connections).toBe(2);
  });

  it.each(["small", "out", "in"] as const)(
    "when it is called off while %s is under way",
    async (exchange) => {
      const calledOff = new AbortController();
      await using peer = await startHttpPeer(agentLike({ [exchange]: () => calledOff.abort("peer-left") }));
      const outcome = await attempt(peer.port, { signal: calledOff.signal });
      expect(outcome).toEqual({ state: "discarded", why: "peer-left" });
      await peer.allClosed();
    },
  );

  it("when it was called off before it began", async () => {
    const outcome = await attempt(1, { signal: AbortSignal.abort("stopping") });
    expect(outcome).toEqual({ state: "discarded", why: "stopping" });
  });
});
