import { describe, expect, it } from "vitest";
import { type DatagramRelay, type Fate, startDatagramRelay } from "../../../test/peers/datagramRelay.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import type { DatagramOptions, Datagrams, Edges } from "../../edges.ts";
import { openDatagrams } from "../../realDatagrams.ts";
import { createEcho } from "../../server/echo.ts";
import { decodeRequest, turnIntoAnswer } from "./datagram.ts";
import { udpProbe } from "./probe.ts";

const never = new AbortController().signal;
/** A train with all its queries takes 3.4 s, which pass in a quarter of that. */
const clock = fastClock(4);
const localhost = "127.0.0.1";
const loopback: Edges["openDatagrams"] = (options) => openDatagrams(options, localhost);

/** Edges that know which sockets were opened and not closed. */
function countedEdges(replaced: Partial<Edges> = {}): Edges & { readonly open: ReadonlySet<Datagrams> } {
  const open = new Set<Datagrams>();
  return {
    ...testEdges({ clock, ...replaced }),
    open,
    async openDatagrams(options) {
      const socket = await loopback(options);
      open.add(socket);
      return {
        ...socket,
        close() {
          socket.close();
          open.delete(socket);
        },
      };
    },
  };
}

async function startEcho(key?: string) {
  const edges = testEdges({ clock, openDatagrams: loopback });
  const echo = createEcho({ edges, port: 0, keys: key === undefined ? [] : [key], isAgent: () => true });
  const port = await echo.start();
  return { port, to: { address: localhost, port }, [Symbol.dispose]: echo.stop };
}

/** An attempt over a relay to an echo; both must be left without an open socket. */
async function over(
  fates: { readonly there?: Fate; readonly back?: Fate },
  keys: { readonly key?: string; readonly echoKey?: string } = {},
) {
  using echo = await startEcho(keys.echoKey ?? keys.key);
  await using relay = await startDatagramRelay(echo.port, fates);
  const edges = countedEdges();
  const { key } = keys;
  const target = { to: relay.to, ...(key === undefined ? {} : { key }) };
  const outcome = await udpProbe.attempt(target, { signal: never, edges });
  expect(edges.open.size).toBe(0);
  return { outcome, seen: relay.seen };
}

const dropping =
  (lost: (index: number) => boolean): Fate =>
  (index, deliver) => {
    if (!lost(index)) deliver();
  };
/** Only the train's; the queries after it pass. */
const inTrain = (lost: (index: number) => boolean) => dropping((index) => index < 10 && lost(index));
const everyThird = (index: number) => index % 3 === 2;
const all = () => true;

/** Sends what the test says in answer to each datagram. */
async function startLiar(onMessage: (message: Buffer, reply: (answer: Buffer) => void) => void) {
  const options: DatagramOptions = {
    onMessage: (message, from) => onMessage(message, (answer) => socket.send(answer, from)),
    onError() {},
  };
  const socket = await loopback(options);
  return { to: { address: localhost, port: socket.port }, [Symbol.dispose]: socket.close };
}

describe("a train", () => {
  it("over a good path is ok, with the median round trip and nothing lost", async () => {
    const { outcome, seen } = await over({});
    expect(outcome).toEqual({
      state: "ok",
      phases: { processing: expect.any(Number) },
      reading: {
        kind: "udp",
        ...{ sent: 10, returned: 10, lost: { forward: 0, reverse: 0 }, duplicates: 0, reordered: 0 },
        jitterSeconds: expect.any(Number),
      },
    });
    expect(seen.there).toHaveLength(10);
  });

  it.each([
    { name: "forward", there: inTrain(everyThird), lost: { forward: 3, reverse: 0 } },
    { name: "reverse", back: inTrain(everyThird), lost: { forward: 0, reverse: 3 } },
    {
      name: "both",
      there: inTrain((index) => index % 2 === 0),
      back: inTrain((index) => index === 1 || index === 4),
      lost: { forward: 5, reverse: 2 },
    },
    {
      name: "forward, the last one",
      there: inTrain((index) => index === 9),
      lost: { forward: 1, reverse: 0 },
    },
    {
      name: "reverse, the last one",
      back: inTrain((index) => index === 9),
      lost: { forward: 0, reverse: 1 },
    },
    {
      name: "forward, and the first query",
      there: dropping((index) => index === 0 || index === 10),
      lost: { forward: 1, reverse: 0 },
    },
    {
      name: "reverse, and the first two answers to queries",
      back: dropping((index) => index === 0 || index === 10 || index === 11),
      lost: { forward: 0, reverse: 1 },
    },
  ])("that loses datagrams ($name) is ok and says how many each way", async ({ there, back, lost }) => {
    const { outcome } = await over({ ...(there && { there }), ...(back && { back }) });
    const returned = 10 - lost.forward - lost.reverse;
    expect(outcome).toMatchObject({ state: "ok", reading: { sent: 10, returned, lost } });
  });

  it.each([
    { name: "forward", there: inTrain(all), lost: { forward: 10, reverse: 0 } },
    { name: "reverse", back: inTrain(all), lost: { forward: 0, reverse: 10 } },
  ])(
    "of which nothing comes back failed as lost; a query still tells the direction ($name)",
    async (path) => {
      const { there, back, lost } = path;
      const { outcome } = await over({ ...(there && { there }), ...(back && { back }) });
      expect(outcome).toMatchObject({
        state: "failed",
        phase: "processing",
        reason: "lost",
        detail: `none of 10 datagrams came back: ${lost.forward} were lost on the way there, ${lost.reverse} on the way back`,
        reading: { lost },
      });
    },
  );

  it("whose queries get no answer either does not say where its datagrams were lost", async () => {
    const { outcome, seen } = await over({ back: dropping((index) => index >= 5) });
    expect(outcome).toMatchObject({ state: "ok", reading: { sent: 10, returned: 5 } });
    expect(outcome.state === "ok" && outcome.reading).not.toHaveProperty("lost");
    expect(seen.there).toHaveLength(13);
  });

  it.each(["there", "back"] as const)(
    "whose datagrams are doubled on the way %s counts the copies",
    async (way) => {
      const twice: Fate = (_index, deliver) => {
        deliver();
        deliver();
      };
      const { outcome } = await over({ [way]: twice });
      const lost = { forward: 0, reverse: 0 };
      expect(outcome).toMatchObject({
        state: "ok",
        reading: { returned: 10, duplicates: 10, reordered: 0, lost },
      });
    },
  );

  it.each(["there", "back"] as const)(
    "whose datagrams overtake each other on the way %s counts those behind",
    async (way) => {
      const held: (() => void)[] = [];
      // The third and the fourth arrive behind the fifth.
      const overtaken: Fate = (index, deliver) => {
        if (index === 2 || index === 3) held.push(deliver);
        else deliver();
        if (index === 4) for (const deliverHeld of held) deliverHeld();
      };
      const { outcome } = await over({ [way]: overtaken });
      expect(outcome).toMatchObject({ state: "ok", reading: { returned: 10, duplicates: 0, reordered: 2 } });
    },
  );

  it("that takes its time is measured, and what varies is jitter", async () => {
    const seconds = 0.08;
    const late: Fate = (index, deliver) => {
      clock.after(index % 2 === 0 ? seconds : 2 * seconds, deliver);
    };
    const { outcome } = await over({ back: late });
    expect(outcome.state === "ok" && outcome.phases.processing).toBeGreaterThanOrEqual(seconds);
    expect(outcome.state === "ok" && outcome.reading.jitterSeconds).toBeGreaterThan(0);
  });

  it("that is answered later than a second is late, not lost", async () => {
    const late: Fate = (_index, deliver) => {
      clock.after(1.5, deliver);
    };
    const { outcome } = await over({ back: late });
    expect(outcome).toMatchObject({
      state: "ok",
      reading: { returned: 10, lost: { forward: 0, reverse: 0 } },
    });
  });
});

describe("with a key, a train", () => {
  it("is ok when both ends have the same", async () => {
    const { outcome } = await over({ there: inTrain(everyThird) }, { key: "secret" });
    expect(outcome).toMatchObject({
      state: "ok",
      reading: { returned: 7, lost: { forward: 3, reverse: 0 } },
    });
  });

  it("is lost when the responder has another", async () => {
    const { outcome, seen } = await over({}, { key: "secret", echoKey: "another" });
    expect(outcome).toMatchObject({ state: "failed", reason: "lost" });
    expect(seen.back).toEqual([]);
  });

  it.each(["there", "back"] as const)(
    "takes a datagram that is damaged on the way %s for a lost one",
    async (way) => {
      const damaging: Fate = (index, deliver, message) => {
        if (index === 4) message.writeUInt8(message.readUInt8(20) ^ 1, 20);
        deliver();
      };
      const { outcome } = await over({ [way]: damaging }, { key: "secret" });
      const lost = { there: { forward: 1, reverse: 0 }, back: { forward: 0, reverse: 1 } }[way];
      expect(outcome).toMatchObject({ state: "ok", reading: { returned: 9, lost } });
    },
  );
});

describe("a responder", () => {
  const attempt = (to: DatagramRelay["to"], signal = never, edges = countedEdges()) =>
    udpProbe.attempt({ to }, { signal, edges }).finally(() => expect(edges.open.size).toBe(0));

  it("whose port is closed refuses", async () => {
    using closed = await startLiar(() => {});
    closed[Symbol.dispose]();
    expect(await attempt(closed.to)).toMatchObject({
      ...{ state: "failed", phase: "processing", reason: "connect_refused" },
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("that is silent makes the train a lost one, without a direction", async () => {
    using silent = await startLiar(() => {});
    const outcome = await attempt(silent.to);
    expect(outcome).toEqual({
      ...{ state: "failed", phase: "processing", reason: "lost", detail: "none of 10 datagrams came back" },
      phases: { processing: expect.any(Number) },
      reading: { kind: "udp", sent: 10, returned: 0, duplicates: 0, reordered: 0 },
    });
    expect(outcome.state === "failed" && outcome.phases.processing).toBeGreaterThan(3.3);
  });

  it("that only mirrors, or answers what was not sent, is as good as silent", async () => {
    using liar = await startLiar((message, reply) => {
      const addition = { received: 10, heldSeconds: 0 };
      const lie = (change: (request: Buffer) => void) => {
        const request = Buffer.from(message);
        change(request);
        reply(turnIntoAnswer(request, addition));
      };
      reply(message);
      reply(Buffer.from("hello"));
      reply(turnIntoAnswer(Buffer.from(message), addition).subarray(1));
      lie((request) => request.writeUInt8(request.readUInt8(0) ^ 1, 0));
      lie((request) => request.writeUInt8(request.readUInt8(8) ^ 1, 8));
      lie((request) => request.writeUInt8(31, 5));
      lie((request) => request.writeDoubleBE(clock.now() + 60, 16));
      lie((request) => request.writeDoubleBE(clock.now() - 60, 16));
      lie((request) => request.writeDoubleBE(Number.NaN, 16));
    });
    const outcome = await attempt(liar.to);
    expect(outcome).toMatchObject({ state: "failed", reason: "lost", reading: { returned: 0 } });
  });

  it.each([
    { received: 0, heldSeconds: 0, lost: { forward: 1, reverse: 0 } },
    { received: 4_000_000_000, heldSeconds: 1000, lost: { forward: 0, reverse: 1 } },
  ])(
    "that claims a count of $received and $heldSeconds s makes no reading that can't be",
    async ({ lost, ...lie }) => {
      using liar = await startLiar((message, reply) => {
        const request = decodeRequest(message);
        const isLost = typeof request !== "string" && request.sequence === 3 && !request.query;
        if (!isLost) reply(turnIntoAnswer(message, lie));
      });
      const outcome = await attempt(liar.to);
      expect(outcome).toMatchObject({ state: "ok", reading: { sent: 10, returned: 9, lost } });
      expect(outcome.state === "ok" && outcome.phases.processing).toBeGreaterThanOrEqual(0);
    },
  );

  it("that goes on sending copies does not keep the attempt from its end", async () => {
    let ended = false;
    using liar = await startLiar((message, reply) => {
      const answer = Buffer.from(turnIntoAnswer(message, { received: 1, heldSeconds: 0 }));
      const again = () => {
        reply(answer);
        if (!ended) setImmediate(again);
      };
      again();
    });
    const outcome = await attempt(liar.to);
    ended = true;
    expect(outcome).toMatchObject({ state: "ok", reading: { returned: 10 } });
  });

  it("holds a datagram at no cost to the network: that time is taken off", async () => {
    const heldSeconds = 0.4;
    using slow = await startLiar((message, reply) => {
      clock.after(heldSeconds, () => reply(turnIntoAnswer(message, { received: 1, heldSeconds })));
    });
    const begun = clock.now();
    const outcome = await attempt(slow.to);
    const elapsed = clock.now() - begun;
    expect(outcome.state === "ok" && outcome.phases.processing).toBeLessThan(elapsed - heldSeconds);
  });
});

describe("an attempt", () => {
  it("that is called off is discarded with the reason, and leaves no socket", async () => {
    using silent = await startLiar(() => controller.abort("peer-left"));
    const controller = new AbortController();
    const edges = countedEdges();
    const outcome = await udpProbe.attempt({ to: silent.to }, { signal: controller.signal, edges });
    expect(outcome).toEqual({ state: "discarded", why: "peer-left" });
    expect(edges.open.size).toBe(0);
  });

  it("that was called off before it began sends nothing", async () => {
    const received: Buffer[] = [];
    using silent = await startLiar((message) => received.push(message));
    const signal = AbortSignal.abort("stopping");
    const outcome = await udpProbe.attempt({ to: silent.to }, { signal, edges: countedEdges() });
    expect(outcome).toEqual({ state: "discarded", why: "stopping" });
    expect(received).toEqual([]);
  });

  it("without a free port says nothing about the network", async () => {
    const error = Object.assign(new Error("bind EMFILE"), { code: "EMFILE" });
    const edges = testEdges({ openDatagrams: () => Promise.reject(error) });
    const outcome = await udpProbe.attempt({ to: { address: localhost, port: 9 } }, { signal: never, edges });
    expect(outcome).toEqual({ state: "discarded", why: "self-exhausted" });
  });

  it("without a route is unreachable", async () => {
    // 255.255.255.255 needs a permission that a socket does not have by itself.
    const edges = testEdges({ clock });
    const to = { address: "255.255.255.255", port: 9 };
    const outcome = await udpProbe.attempt({ to }, { signal: never, edges });
    expect(outcome).toMatchObject({ state: "failed", reason: "connect_unreachable" });
  });

  it("has a source port of its own", async () => {
    const ports = new Set<number>();
    using echo = await startEcho();
    const edges = testEdges({
      clock,
      async openDatagrams(options) {
        const socket = await loopback(options);
        ports.add(socket.port);
        return socket;
      },
    });
    await udpProbe.attempt({ to: echo.to }, { signal: never, edges });
    await udpProbe.attempt({ to: echo.to }, { signal: never, edges });
    expect(ports.size).toBe(2);
  });
});
