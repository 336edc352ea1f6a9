import { describe, expect, it } from "vitest";
import { fastClock, testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { datagramBytes, decodeAnswer, encodeRequest, type Request } from "../probes/udp/datagram.ts";
import { openDatagrams } from "../realDatagrams.ts";
import { createEcho, type EchoOptions } from "./echo.ts";
import { defaultEchoLimits } from "./echoLimits.ts";

const localhost = "127.0.0.1";
const noDrops = { malformed: 0, unknown: 0, unsigned: 0, limited: 0 };

/** An echo on a free port that knows everybody, except for what the test replaces. */
async function startEcho({
  clock = fastClock(1),
  ...replaced
}: Partial<EchoOptions & EchoOptions["edges"]> = {}) {
  const edges = testEdges({ clock, openDatagrams: (options) => openDatagrams(options, localhost) });
  const echo = createEcho({ edges, port: 0, keys: [], isAgent: () => true, ...replaced });
  const port = await echo.start();
  return { ...echo, port, [Symbol.dispose]: echo.stop };
}

/** A socket that keeps what comes back. */
async function startClient(echoPort: number, address = localhost) {
  const received: Buffer[] = [];
  const socket = await openDatagrams(
    { onMessage: (message) => received.push(message), onError() {} },
    address,
  );
  return {
    received,
    send: (message: Uint8Array) => socket.send(message, { address: localhost, port: echoPort }),
    [Symbol.dispose]: socket.close,
  };
}

function request(replaced: Partial<Request> = {}): Request {
  return { train: 1n, sequence: 0, query: false, sentAt: 12.5, ...replaced };
}

/** Resolves when the echo has dealt with so many datagrams. */
function settled(echo: { counts: ReturnType<typeof createEcho>["counts"] }, total: number) {
  return eventually(() => {
    const { answered, dropped } = echo.counts();
    expect(answered + Object.values(dropped).reduce((sum, count) => sum + count)).toBe(total);
  });
}

describe("the echo", () => {
  it("answers a datagram of ours with its fields and as many bytes", async () => {
    using echo = await startEcho();
    using client = await startClient(echo.port);
    client.send(encodeRequest(request({ train: 2n ** 64n - 1n, sequence: 7 })));
    await eventually(() => expect(client.received).toHaveLength(1));
    const [answer = Buffer.of()] = client.received;
    expect(answer).toHaveLength(datagramBytes);
    expect(decodeAnswer(answer)).toEqual({
      ...request({ train: 2n ** 64n - 1n, sequence: 7 }),
      ...{ received: 1, heldSeconds: expect.any(Number) },
    });
    expect(echo.counts()).toEqual({ answered: 1, dropped: noDrops });
  });

  it("counts the distinct datagrams of each train, and no queries", async () => {
    using echo = await startEcho();
    using client = await startClient(echo.port);
    const sent: Partial<Request>[] = [
      { query: true },
      { sequence: 0 },
      { sequence: 0 },
      { sequence: 3 },
      { train: 2n, sequence: 3 },
      { query: true },
    ];
    for (const one of sent) client.send(encodeRequest(request(one)));
    await eventually(() => expect(client.received).toHaveLength(sent.length));
    expect(client.received.map((answer) => decodeAnswer(answer)?.received)).toEqual([0, 1, 1, 2, 1, 2]);
  });

  it("forgets a train after ten seconds, and the oldest where there are too many", async () => {
    const clock = simulatedClock();
    using echo = await startEcho({ clock, limits: { ...defaultEchoLimits, trains: 2 } });
    using client = await startClient(echo.port);
    const countOf = async (replaced: Partial<Request>) => {
      const before = client.received.length;
      client.send(encodeRequest(request(replaced)));
      await eventually(() => expect(client.received).toHaveLength(before + 1));
      return decodeAnswer(client.received.at(-1) ?? Buffer.of())?.received;
    };
    for (const train of [1n, 2n, 3n]) await countOf({ train });
    expect(await countOf({ train: 1n, query: true })).toBe(0);
    expect(await countOf({ train: 2n, query: true })).toBe(1);
    await clock.advance(10);
    await countOf({ train: 4n });
    expect(await countOf({ train: 3n, query: true })).toBe(0);
    expect(await countOf({ train: 4n, query: true })).toBe(1);
  });

  it.each([
    ["nothing", Buffer.of()],
    ["what is shorter", encodeRequest(request()).subarray(0, -1)],
    ["what is longer", Buffer.concat([encodeRequest(request()), Buffer.of(0)])],
    ["another protocol", Buffer.alloc(datagramBytes, "GET / ")],
  ])("is silent to %s", async (_name, message) => {
    using echo = await startEcho();
    using client = await startClient(echo.port);
    client.send(message);
    client.send(encodeRequest(request()));
    await eventually(() => expect(client.received).toHaveLength(1));
    expect(echo.counts()).toEqual({ answered: 1, dropped: { ...noDrops, malformed: 1 } });
  });

  it("does not answer an answer, so that two of them can't talk for ever", async () => {
    using echo = await startEcho();
    using client = await startClient(echo.port);
    client.send(encodeRequest(request()));
    await eventually(() => expect(client.received).toHaveLength(1));
    client.send(client.received[0] ?? Buffer.of());
    await settled(echo, 2);
    expect(echo.counts()).toEqual({ answered: 1, dropped: { ...noDrops, malformed: 1 } });
  });

  it("is silent to an address that is no agent's", async () => {
    using echo = await startEcho({ isAgent: (address) => address === "127.0.0.2" });
    using stranger = await startClient(echo.port);
    using agent = await startClient(echo.port, "127.0.0.2");
    stranger.send(encodeRequest(request()));
    agent.send(encodeRequest(request()));
    await eventually(() => expect(agent.received).toHaveLength(1));
    await settled(echo, 2);
    expect(stranger.received).toEqual([]);
    expect(echo.counts()).toEqual({ answered: 1, dropped: { ...noDrops, unknown: 1 } });
  });

  it("with keys answers whoever has one, and signs with it; others get nothing, whatever their address", async () => {
    using echo = await startEcho({ keys: ["new", "key"], isAgent: () => false });
    using client = await startClient(echo.port);
    client.send(encodeRequest(request()));
    client.send(encodeRequest(request(), "wrong"));
    client.send(encodeRequest(request(), "key"));
    await settled(echo, 3);
    await eventually(() => expect(client.received).toHaveLength(1));
    const [answer = Buffer.of()] = client.received;
    expect(decodeAnswer(answer, "key")).toMatchObject({ received: 1 });
    expect(decodeAnswer(answer, "wrong")).toBeUndefined();
    expect(echo.counts()).toEqual({ answered: 1, dropped: { ...noDrops, unsigned: 2 } });
  });

  it("knows an IPv4 address as a socket for both families shows it", async () => {
    const asked: string[] = [];
    const isAgent = (address: string) => asked.push(address) > 0;
    const edges = testEdges({
      openDatagrams: ({ onMessage, ...rest }) =>
        openDatagrams(
          {
            ...rest,
            onMessage: (message, { address, port }) =>
              onMessage(message, { address: `::ffff:${address}`, port }),
          },
          localhost,
        ),
    });
    const echo = createEcho({ edges, port: 0, keys: [], isAgent });
    const port = await echo.start();
    using client = await startClient(port);
    client.send(encodeRequest(request()));
    await settled(echo, 1);
    echo.stop();
    expect(asked).toEqual([localhost]);
  });

  it("has given its port back after its end", async () => {
    using echo = await startEcho();
    const peer = { address: localhost, port: echo.port };
    echo.stop();
    const errors: unknown[] = [];
    const client = await openDatagrams({ peer, onMessage() {}, onError: (error) => errors.push(error) });
    client.send(encodeRequest(request()), peer);
    await eventually(() => expect(errors).toMatchObject([{ code: "ECONNREFUSED" }]));
    client.close();
  });

  it("says which port it can't have", async () => {
    using echo = await startEcho();
    const edges = testEdges({ openDatagrams: (options) => openDatagrams(options, localhost) });
    const second = createEcho({ edges, port: echo.port, keys: [], isAgent: () => true });
    await expect(second.start()).rejects.toThrow(
      `cannot listen on UDP port ${echo.port} (KUBENURSE_UDP_PORT): bind EADDRINUSE`,
    );
  });
});

describe("a flood", () => {
  const flood = (client: { send(message: Buffer): void }, count: number) => {
    for (let index = 0; index < count; index++) client.send(encodeRequest(request({ train: BigInt(index) })));
  };

  it("of one source is limited, at no cost to another, until time passes", async () => {
    const clock = simulatedClock();
    const limits = { ...defaultEchoLimits, perSource: { perSecond: 2, burst: 5 } };
    using echo = await startEcho({ clock, limits });
    using flooding = await startClient(echo.port);
    using other = await startClient(echo.port, "127.0.0.2");
    flood(flooding, 40);
    flood(other, 5);
    await settled(echo, 45);
    await eventually(() => expect(other.received).toHaveLength(5));
    expect(flooding.received).toHaveLength(5);
    expect(echo.counts()).toEqual({ answered: 10, dropped: { ...noDrops, limited: 35 } });
    await clock.advance(1);
    flood(flooding, 40);
    await settled(echo, 85);
    expect(echo.counts().answered).toBe(12);
    await clock.advance(1000);
    flood(flooding, 40);
    await settled(echo, 125);
    expect(echo.counts().answered).toBe(17);
  });

  it("of all sources together is limited, too", async () => {
    const limits = { ...defaultEchoLimits, total: { perSecond: 0, burst: 7 } };
    using echo = await startEcho({ clock: simulatedClock(), limits });
    using one = await startClient(echo.port);
    using other = await startClient(echo.port, "127.0.0.2");
    flood(one, 5);
    flood(other, 5);
    await settled(echo, 10);
    expect(echo.counts()).toEqual({ answered: 7, dropped: { ...noDrops, limited: 3 } });
  });

  it("of many sources makes the one that was seen first a new one", async () => {
    const limits = { ...defaultEchoLimits, sources: 2, perSource: { perSecond: 0, burst: 1 } };
    using echo = await startEcho({ clock: simulatedClock(), limits });
    const answeredTo = async (address: string) => {
      const { answered, dropped } = echo.counts();
      using client = await startClient(echo.port, address);
      flood(client, 1);
      await settled(echo, answered + dropped.limited + 1);
      return echo.counts().answered > answered;
    };
    expect(await answeredTo("127.0.0.2")).toBe(true);
    expect(await answeredTo("127.0.0.3")).toBe(true);
    expect(await answeredTo("127.0.0.2")).toBe(false);
    expect(await answeredTo("127.0.0.4")).toBe(true);
    expect(await answeredTo("127.0.0.2")).toBe(false);
    expect(await answeredTo("127.0.0.3")).toBe(true);
  });
});
