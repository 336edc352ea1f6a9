import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, TRUNCATED_RESPONSE } from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerTo, rcodes, startDnsPeer } from "../../../test/peers/dnsPeer.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { eventually } from "../../../test/peers/eventually.ts";
import { simulatedClock } from "../../../test/peers/simulatedClock.ts";
import type { SocketAddress } from "../../edges.ts";
import { dnsProbe } from "./probe.ts";
import { createQuery } from "./query.ts";
import type { DnsTarget } from "./target.ts";

const never = new AbortController().signal;
/** Two seconds pass in a tenth of that. */
const impatient = testEdges({ clock: fastClock(10) });

const targetAt = (server: SocketAddress, replaced: Partial<DnsTarget> = {}): DnsTarget => ({
  ...{ server, transport: "udp", name: "kubernetes.default.svc.cluster.local", type: "A", expect: "answers" },
  ...replaced,
});
const attempt = (target: DnsTarget, edges = testEdges(), signal = never) =>
  dnsProbe.attempt(target, { signal, edges });

describe("a query over UDP", () => {
  it("is ok with the answer's duration, code and length", async () => {
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query)));
    const outcome = await attempt(targetAt(peer.at));
    expect(outcome).toEqual({
      state: "ok",
      phases: { processing: expect.any(Number) },
      reading: { kind: "dns", rcode: "NOERROR", bytes: 106, truncated: false },
    });
  });

  it("asks once for the name as it is, with recursion and room for 1,232 bytes", async () => {
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query)));
    await attempt(targetAt(peer.at, { name: "example.org.", expect: "exists" }));
    expect(peer.queries).toMatchObject([
      {
        message: {
          type: "query",
          flag_rd: true,
          questions: [{ name: "example.org", type: "A", class: "IN" }],
          additionals: [{ type: "OPT", udpPayloadSize: 1232 }],
        },
      },
    ]);
  });

  it("comes from a new port and with a new id each time", async () => {
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query)));
    for (let n = 0; n < 5; n++) await attempt(targetAt(peer.at));
    expect(new Set(peer.queries.map(({ port }) => port)).size).toBeGreaterThan(1);
    expect(new Set(peer.queries.map(({ message }) => message.id)).size).toBeGreaterThan(1);
  });

  it("that leads over an alias is ok", async () => {
    await using peer = await startDnsPeer((query, reply) =>
      reply(
        answerTo(query, {
          answers: [
            { type: "CNAME", name: "kubernetes.default.svc.cluster.local", data: "other.test" },
            { type: "A", name: "other.test", data: "10.0.0.1" },
          ],
        }),
      ),
    );
    expect((await attempt(targetAt(peer.at))).state).toBe("ok");
  });

  it("is answered whatever the case of the name, and however often", async () => {
    await using peer = await startDnsPeer((query, reply) => {
      const [asked] = query.questions ?? [];
      const loud = answerTo(query, { questions: [{ type: "A", name: asked?.name.toUpperCase() ?? "" }] });
      reply(loud);
      reply(loud);
    });
    expect((await attempt(targetAt(peer.at))).state).toBe("ok");
  });

  it("is ok without a record where the name need only exist", async () => {
    await using peer = await startDnsPeer((query, reply) => reply(answerTo(query, { answers: [] })));
    expect((await attempt(targetAt(peer.at, { expect: "exists" }))).state).toBe("ok");
    expect(await attempt(targetAt(peer.at))).toMatchObject({
      state: "failed",
      reason: "dns_error",
      detail: "NOERROR without a record of type A",
    });
  });
});

describe("a failure over UDP", () => {
  it.each(["FORMERR", "SERVFAIL", "NXDOMAIN", "REFUSED"] as const)("by %s names it", async (rcode) => {
    await using peer = await startDnsPeer((query, reply) =>
      reply(answerTo(query, { flags: rcodes[rcode], answers: [] })),
    );
    expect(await attempt(targetAt(peer.at, { expect: "exists" }))).toMatchObject({
      ...{ state: "failed", phase: "processing", reason: "dns_error", detail: rcode },
      reading: { rcode, bytes: 54 },
    });
  });

  it("of a server that can't read the question is dns_error although it does not repeat the question", async () => {
    await using peer = await startDnsPeer((query, reply) =>
      reply(answerTo(query, { flags: rcodes.FORMERR, questions: [], answers: [] })),
    );
    expect(await attempt(targetAt(peer.at))).toMatchObject({ reason: "dns_error", detail: "FORMERR" });
  });

  it("of an answer that is cut off is dns_truncated", async () => {
    await using peer = await startDnsPeer((query, reply) =>
      reply(answerTo(query, { flags: TRUNCATED_RESPONSE })),
    );
    expect(await attempt(targetAt(peer.at))).toMatchObject({
      ...{ state: "failed", reason: "dns_truncated", detail: "truncated at 106 bytes" },
      reading: { truncated: true, bytes: 106 },
    });
  });

  it("of a silent server is dns_timeout after exactly 2 s", async () => {
    const clock = simulatedClock();
    await using peer = await startDnsPeer(() => {});
    const outcome = attempt(targetAt(peer.at), testEdges({ clock }));
    await eventually(() => expect(peer.queries).toHaveLength(1));
    await clock.advance(1.999);
    expect(clock.pending).toBe(1);
    await clock.advance(0.001);
    expect(await outcome).toEqual({
      ...{ state: "failed", phase: "processing", reason: "dns_timeout" },
      detail: "processing: no answer within 2 s",
      ...{ phases: { processing: 2 }, reading: { kind: "dns" } },
    });
    expect([peer.queries.length, clock.pending]).toEqual([1, 0]);
  });

  it.each<[string, Parameters<typeof startDnsPeer>[0]]>([
    ["has another id", (query, reply) => reply(answerTo(query, { id: ((query.id ?? 0) + 1) % 65_536 }))],
    [
      "is to another question",
      (query, reply) => reply(answerTo(query, { questions: [{ type: "A", name: "other.test" }] })),
    ],
    ["is to another question", (query, reply) => reply(answerTo(query, { questions: [] }))],
    ["is a question", (query, reply) => reply(answerTo(query, { type: "query" }))],
    ["can't be read", (_query, reply) => reply(Buffer.from("junk"))],
    ["can't be read", (query, reply) => reply(answerTo(query).subarray(0, 40))],
  ])("of an answer that %s is dns_mismatch, at the deadline", async (detail, onQuery) => {
    await using peer = await startDnsPeer(onQuery);
    const outcome = await attempt(targetAt(peer.at), impatient);
    expect(outcome).toMatchObject({ state: "failed", phase: "processing", reason: "dns_mismatch" });
    expect(outcome.state === "failed" && outcome.detail).toContain(detail);
    expect(outcome.state === "failed" && outcome.phases.processing).toBeGreaterThan(1.9);
  });

  it("is none when the right answer follows the wrong ones", async () => {
    await using peer = await startDnsPeer((query, reply) => {
      reply(Buffer.from("junk"));
      reply(answerTo(query, { id: ((query.id ?? 0) + 1) % 65_536 }));
      reply(answerTo(query));
    });
    expect((await attempt(targetAt(peer.at))).state).toBe("ok");
  });

  it("of a closed port is connect_refused at once", async () => {
    const peer = await startDnsPeer(() => {});
    await peer[Symbol.asyncDispose]();
    expect(await attempt(targetAt(peer.at))).toMatchObject({
      ...{ state: "failed", phase: "processing", reason: "connect_refused" },
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("of a network that can't be reached is connect_unreachable", async () => {
    const openDatagrams = () =>
      Promise.reject(Object.assign(new Error("connect ENETUNREACH"), { code: "ENETUNREACH" }));
    const outcome = await attempt(targetAt({ address: "192.0.2.1", port: 53 }), testEdges({ openDatagrams }));
    expect(outcome).toMatchObject({ reason: "connect_unreachable", detail: "connect ENETUNREACH" });
  });

  it("is none where this host has no port left", async () => {
    const openDatagrams = () =>
      Promise.reject(Object.assign(new Error("bind EADDRNOTAVAIL"), { code: "EADDRNOTAVAIL" }));
    const outcome = await attempt(targetAt({ address: "127.0.0.1", port: 53 }), testEdges({ openDatagrams }));
    expect(outcome).toEqual({ state: "discarded", why: "self-exhausted" });
  });
});

describe("an answer from elsewhere", () => {
  it("is not taken", async () => {
    const elsewhere = createSocket("udp4").bind(0, "127.0.0.1");
    await once(elsewhere, "listening");
    await using peer = await startDnsPeer((query) =>
      elsewhere.send(answerTo(query), peer.queries[0]?.port ?? 0, "127.0.0.1"),
    );
    expect(await attempt(targetAt(peer.at), impatient)).toMatchObject({
      state: "failed",
      reason: "dns_timeout",
    });
    elsewhere.close();
  });
});

describe("an attempt that is called off", () => {
  it("is discarded with the reason, and its port is closed", async () => {
    const calledOff = new AbortController();
    await using peer = await startDnsPeer(() => calledOff.abort("peer-left"));
    expect(await attempt(targetAt(peer.at), testEdges(), calledOff.signal)).toEqual({
      state: "discarded",
      why: "peer-left",
    });
    expect(await attempt(targetAt(peer.at), testEdges(), calledOff.signal)).toEqual({
      state: "discarded",
      why: "peer-left",
    });
    const [query] = peer.queries;
    const again = createSocket("udp4").bind(query?.port ?? 0, "127.0.0.1");
    await once(again, "listening");
    again.close();
  });
});

describe("what a server makes up", () => {
  const query = createQuery({ name: "kubernetes.default.svc.cluster.local", type: "A" }, () => 0.5);

  it("never throws, and is no answer unless it has the id", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (junk) => {
        const { state } = query.read(Buffer.from(junk));
        expect(state === "mismatch" || (junk[0] === 0x80 && junk[1] === 0)).toBe(true);
      }),
    );
  });

  it("is no answer when any part of it is missing", () => {
    const whole = answerTo(decode(query.message));
    expect(query.read(whole)).toMatchObject({ state: "answer", records: 1 });
    for (let length = 0; length < whole.length; length++) {
      expect(query.read(whole.subarray(0, length)).state).toBe("mismatch");
    }
  });
});
