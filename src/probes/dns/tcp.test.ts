import type { Socket } from "node:net";
import type { DecodedPacket } from "dns-packet";
import { describe, expect, it } from "vitest";
import { startDeafListener } from "../../../test/peers/deafListener.ts";
import { answerTo, rcodes, startDnsTcpPeer, withLength } from "../../../test/peers/dnsPeer.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { closedPort } from "../../../test/peers/httpPeer.ts";
import { dnsProbe } from "./probe.ts";

const never = new AbortController().signal;
/** Five seconds pass in a tenth of that. */
const impatient = testEdges({ clock: fastClock(10) });

const attempt = (port: number, edges = testEdges(), signal = never) =>
  dnsProbe.attempt(
    {
      server: { address: "127.0.0.1", port },
      ...{ transport: "tcp", name: "kubernetes.default.svc.cluster.local", type: "A", expect: "answers" },
    },
    { signal, edges },
  );

describe("a query over TCP", () => {
  it("is ok with both phases, and its connection closed", async () => {
    await using peer = await startDnsTcpPeer((query, socket) => socket.write(withLength(answerTo(query))));
    expect(await attempt(peer.port)).toEqual({
      state: "ok",
      phases: { connect: expect.any(Number), processing: expect.any(Number) },
      reading: { kind: "dns", rcode: "NOERROR", bytes: 106, truncated: false },
    });
    await peer.allClosed();
  });

  it("is ok when the answer comes byte by byte, behind one to another question", async () => {
    await using peer = await startDnsTcpPeer(async (query, socket) => {
      socket.setNoDelay(true);
      const other = answerTo(query, { id: ((query.id ?? 0) + 1) % 65_536 });
      for (const byte of Buffer.concat([withLength(other), withLength(answerTo(query))])) {
        await new Promise<void>((written) => socket.write(Buffer.of(byte), () => written()));
      }
    });
    expect((await attempt(peer.port)).state).toBe("ok");
  });

  it("of which the answer is SERVFAIL is dns_error", async () => {
    await using peer = await startDnsTcpPeer((query, socket) =>
      socket.write(withLength(answerTo(query, { flags: rcodes.SERVFAIL, answers: [] }))),
    );
    expect(await attempt(peer.port)).toMatchObject({
      ...{ state: "failed", phase: "processing", reason: "dns_error", detail: "SERVFAIL" },
      reading: { rcode: "SERVFAIL", bytes: 54 },
    });
    await peer.allClosed();
  });
});

describe("a failure over TCP", () => {
  it("of a closed port is connect_refused", async () => {
    const outcome = await attempt(await closedPort());
    expect(outcome).toMatchObject({ state: "failed", phase: "connect", reason: "connect_refused" });
  });

  it("of a server that drops every SYN is connect_timeout", async () => {
    await using listener = await startDeafListener();
    const outcome = await attempt(listener.port, impatient);
    expect(outcome).toMatchObject({ state: "failed", phase: "connect", reason: "connect_timeout" });
    expect(outcome.state === "failed" && Object.keys(outcome.phases)).toEqual(["connect"]);
  });

  it.each<[string, string, (query: DecodedPacket, socket: Socket) => void]>([
    ["never answers", "dns_timeout", () => {}],
    [
      "stops in the middle of its answer",
      "dns_timeout",
      (query, socket) => socket.write(withLength(answerTo(query)).subarray(0, 50)),
    ],
    ["stops in the middle of the length", "dns_timeout", (_query, socket) => socket.write(Buffer.of(0))],
    ["closes without an answer", "reset", (_query, socket) => socket.end()],
    [
      "closes in the middle of its answer",
      "reset",
      (query, socket) => socket.end(withLength(answerTo(query)).subarray(0, 50)),
    ],
    ["resets the connection", "reset", (_query, socket) => socket.resetAndDestroy()],
    ["sends junk", "dns_mismatch", (_query, socket) => socket.end(withLength(Buffer.from("junk")))],
    [
      "answers another question and then nothing",
      "dns_mismatch",
      (query, socket) =>
        socket.write(withLength(answerTo(query, { questions: [{ type: "A", name: "x.test" }] }))),
    ],
  ])("of a server that %s is %s, and the connection is closed", async (_, reason, onQuery) => {
    await using peer = await startDnsTcpPeer(onQuery);
    const outcome = await attempt(peer.port, impatient);
    expect(outcome).toMatchObject({ state: "failed", phase: "processing", reason });
    expect(outcome.state === "failed" && Object.keys(outcome.phases)).toEqual(["connect", "processing"]);
    await peer.allClosed();
  });

  it("is none when it is called off", async () => {
    const calledOff = new AbortController();
    await using peer = await startDnsTcpPeer(() => calledOff.abort("stopping"));
    expect(await attempt(peer.port, testEdges(), calledOff.signal)).toEqual({
      state: "discarded",
      why: "stopping",
    });
    await peer.allClosed();
  });
});
