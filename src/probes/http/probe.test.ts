import { connect, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { startDeafListener } from "../../../test/peers/deafListener.ts";
import { fastClock, testEdges } from "../../../test/peers/edges.ts";
import { closedPort, startHttpPeer, startTcpPeer } from "../../../test/peers/httpPeer.ts";
import { httpTarget } from "../../../test/peers/httpTarget.ts";
import type { Edges } from "../../edges.ts";
import { httpProbe } from "./probe.ts";
import { Connections, type HttpTarget } from "./target.ts";

const never = new AbortController().signal;
/** Deadlines of 5 and 6 s pass in a tenth of that. */
const impatient = testEdges({ clock: fastClock(10) });

const attempt = (target: HttpTarget, edges: Edges = testEdges(), signal = never) =>
  httpProbe.attempt(target, { signal, edges });

describe("an answer", () => {
  it("of 200 is ok, with a duration for each phase that ran and for no other", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const outcome = await attempt(httpTarget(peer.url));
    expect(outcome).toMatchObject({ state: "ok", reading: { roundTrips: [{ code: 200 }] } });
    expect(outcome.state === "ok" && Object.keys(outcome.phases)).toEqual(["connect", "processing"]);
    await peer.allClosed();
  });

  it("has a resolve phase when the host is a name", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const lookup = async (name: string) =>
      name === "nurse.test" ? "127.0.0.1" : Promise.reject(new Error(name));
    const outcome = await attempt(
      httpTarget(new URL(`http://nurse.test:${peer.port}/`)),
      testEdges({ lookup }),
    );
    expect(outcome.state === "ok" && Object.keys(outcome.phases)).toEqual([
      "resolve",
      "connect",
      "processing",
    ]);
    expect(peer.requests[0]?.headers.host).toBe(`nurse.test:${peer.port}`);
  });

  it.each([204, 301, 404, 503])("of %i is a failure that names it", async (status) => {
    await using peer = await startHttpPeer((_request, response) => response.writeHead(status).end());
    const outcome = await attempt(httpTarget(peer.url));
    expect(outcome).toMatchObject({
      state: "failed",
      phase: "processing",
      reason: "http_status",
      detail: expect.stringMatching(`^${status} \\w`),
      reading: { roundTrips: [{ code: status }] },
    });
  });

  it("is judged by its headers, and the connection closed although the body goes on", async () => {
    await using peer = await startHttpPeer((_request, response) => response.writeHead(200).write("endless"));
    expect((await attempt(httpTarget(peer.url))).state).toBe("ok");
    await peer.allClosed();
  });

  it("comes to a request that says who it is from", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    await attempt(httpTarget(peer.url));
    expect(peer.requests[0]?.headers["user-agent"]).toMatch(/^kubenurse\/\d+\.\d+\.\d+/);
  });

  it("that redirects is followed, and each round trip is kept", async () => {
    await using peer = await startHttpPeer((request, response) => {
      if (request.url === "/there") response.end();
      else response.writeHead(302, { location: "/there" }).end();
    });
    const outcome = await attempt(httpTarget(peer.url));
    expect(outcome).toMatchObject({ state: "ok", reading: { roundTrips: [{ code: 302 }, { code: 200 }] } });
  });

  it("that redirects for ever fails after ten redirects", async () => {
    await using peer = await startHttpPeer((_request, response) => {
      response.writeHead(302, { location: "/again" }).end();
    });
    const outcome = await attempt(httpTarget(peer.url));
    expect(outcome).toMatchObject({ state: "failed", reason: "http_status", detail: "302 Found" });
    expect(peer.requests).toHaveLength(11);
  });
});

describe("the agent that answered", () => {
  const header = "pod=nurse-b; node=node-b; node-address=192.0.2.2";
  const nurseB = { pod: "nurse-b", node: "node-b", nodeAddress: "192.0.2.2" };

  it.each([200, 503])("is known by its header, with a status of %i", async (status) => {
    await using peer = await startHttpPeer((_request, response) => {
      response.writeHead(status, { "Kubenurse-Agent": header }).end();
    });
    const outcome = await attempt(httpTarget(peer.url));
    expect(outcome.state !== "discarded" && outcome.reading.answeredBy).toEqual(nurseB);
  });

  it.each(["/old", "/lying"])(
    "is not known where the last answer does not say so, as of %s",
    async (path) => {
      await using peer = await startHttpPeer((request, response) => {
        if (request.url === "/old") response.end();
        else if (request.url === "/lying") response.setHeader("Kubenurse-Agent", "pod=<b>").end();
        else response.writeHead(302, { location: path, "Kubenurse-Agent": header }).end();
      });
      const outcome = await attempt(httpTarget(peer.url));
      expect(outcome).toMatchObject({ state: "ok", reading: { answeredBy: undefined } });
    },
  );
});

describe("a failure", () => {
  it("to find the name is dns_error", async () => {
    const lookup = () =>
      Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND nurse.test"), { code: "ENOTFOUND" }));
    const outcome = await attempt(httpTarget(new URL("http://nurse.test/")), testEdges({ lookup }));
    expect(outcome).toMatchObject({ state: "failed", phase: "resolve", reason: "dns_error" });
    expect(outcome.state === "failed" && outcome.detail).toContain("ENOTFOUND nurse.test");
  });

  it("of a resolver that never answers is dns_timeout", async () => {
    const edges = { ...impatient, lookup: () => new Promise<string>(() => {}) };
    const outcome = await attempt(httpTarget(new URL("http://nurse.test/")), edges);
    expect(outcome).toMatchObject({ phase: "resolve", reason: "dns_timeout" });
    expect(outcome.state === "failed" && Object.keys(outcome.phases)).toEqual(["resolve"]);
  });

  it("of a closed port is connect_refused", async () => {
    const outcome = await attempt(httpTarget(new URL(`http://127.0.0.1:${await closedPort()}/`)));
    expect(outcome).toMatchObject({ state: "failed", phase: "connect", reason: "connect_refused" });
  });

  it("of a host that drops every SYN is connect_timeout after 5 s", async () => {
    await using listener = await startDeafListener();
    const outcome = await attempt(httpTarget(new URL(`http://127.0.0.1:${listener.port}/`)), impatient);
    expect(outcome).toMatchObject({ state: "failed", phase: "connect", reason: "connect_timeout" });
    expect(outcome.state === "failed" && outcome.phases.connect).toBeCloseTo(5, 0);
  });

  it("of a peer that accepts and says nothing is response_timeout after 6 s, and its socket is gone", async () => {
    await using peer = await startTcpPeer(() => {});
    const outcome = await attempt(httpTarget(peer.url), impatient);
    expect(outcome).toMatchObject({ state: "failed", phase: "processing", reason: "response_timeout" });
    await peer.allClosed();
    expect(peer.accepted).toBe(1);
  });

  it("of a peer that resets the connection is reset", async () => {
    await using peer = await startTcpPeer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const outcome = await attempt(httpTarget(peer.url));
    expect(outcome).toMatchObject({ state: "failed", phase: "processing", reason: "reset" });
  });

  it("of a peer that closes without an answer is reset", async () => {
    await using peer = await startTcpPeer((socket) => socket.once("data", () => socket.end()));
    expect(await attempt(httpTarget(peer.url))).toMatchObject({ phase: "processing", reason: "reset" });
  });

  it("of a peer that does not speak HTTP is body_mismatch", async () => {
    await using peer = await startTcpPeer((socket) => socket.end("220 mail.test ESMTP\r\n"));
    expect(await attempt(httpTarget(peer.url))).toMatchObject({
      phase: "processing",
      reason: "body_mismatch",
    });
  });

  it("of a peer that speaks no TLS is tls_error", async () => {
    await using peer = await startTcpPeer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    const url = new URL(`https://127.0.0.1:${peer.port}/`);
    expect(await attempt(httpTarget(url))).toMatchObject({ phase: "tls", reason: "tls_error" });
    await peer.allClosed();
  });

  it("of a peer that does not go on with the TLS handshake is a response_timeout in it", async () => {
    await using peer = await startTcpPeer(() => {});
    const url = new URL(`https://127.0.0.1:${peer.port}/`);
    expect(await attempt(httpTarget(url), impatient)).toMatchObject({
      phase: "tls",
      reason: "response_timeout",
    });
    await peer.allClosed();
  });
});

describe("a lost first SYN", () => {
  it("is a slow success, not a failure", async () => {
    await using listener = await startDeafListener();
    let retransmitted = () => {};
    const edges = testEdges({
      connect: ({ address, port }) => {
        const socket = connect({ host: address, port });
        // The first SYN is sent, and dropped, before anything else runs.
        retransmitted = () => listener.listen();
        setImmediate(retransmitted);
        return socket;
      },
    });
    const outcome = await attempt(httpTarget(new URL(`http://127.0.0.1:${listener.port}/`)), edges);
    expect(outcome.state).toBe("ok");
    // The kernel sends a lost SYN again after a second (RFC 6298, section 2.1).
    expect(outcome.state === "ok" && outcome.phases.connect).toBeGreaterThan(0.9);
    expect(outcome.state === "ok" && outcome.phases.connect).toBeLessThan(2);
  });
});

describe("a lack of the own host", () => {
  const failing = (code: string) => Object.assign(new Error(code), { code });
  const discarded = { state: "discarded", why: "self-exhausted" };

  it.each(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"])("of %s is discarded", async (code) => {
    const target = httpTarget(new URL("http://127.0.0.1:1/"));
    expect(await attempt(target, testEdges({ connect: () => new Socket().destroy(failing(code)) }))).toEqual(
      discarded,
    );
    const named = httpTarget(new URL("http://nurse.test/"));
    expect(await attempt(named, testEdges({ lookup: () => Promise.reject(failing(code)) }))).toEqual(
      discarded,
    );
  });

  it("of an own address or port is discarded", async () => {
    await using peer = await startTcpPeer(() => {});
    // An address that no host has (RFC 5737).
    const edges = testEdges({
      connect: ({ address, port }) => connect({ host: address, port, localAddress: "192.0.2.1" }),
    });
    expect(await attempt(httpTarget(peer.url), edges)).toEqual(discarded);
  });
});

describe("an attempt that is called off", () => {
  it.each(["peer-left", "stopping"] as const)("is discarded as %s, and its socket is gone", async (why) => {
    const calledOff = new AbortController();
    await using peer = await startTcpPeer((socket) => socket.once("data", () => calledOff.abort(why)));
    const outcome = await attempt(httpTarget(peer.url), testEdges(), calledOff.signal);
    expect(outcome).toEqual({ state: "discarded", why });
    await peer.allClosed();
  });
});

describe("an attempt that was called off before it began", () => {
  const calledOff = AbortSignal.abort("stopping");
  const discarded = { state: "discarded", why: "stopping" };
  const withoutDeadlines = { ...fastClock(1), after: () => () => {} };

  it("ends at once and leaves no socket", async () => {
    await using peer = await startTcpPeer(() => {});
    const sockets: Socket[] = [];
    const edges = testEdges({
      clock: withoutDeadlines,
      connect: ({ address, port }) => {
        const socket = connect({ host: address, port });
        sockets.push(socket);
        return socket;
      },
    });
    expect(await attempt(httpTarget(peer.url), edges, calledOff)).toEqual(discarded);
    expect(sockets.filter((socket) => !socket.destroyed)).toEqual([]);
  });

  it("leaves no rejection of a lookup that nobody handles", async () => {
    const lookup = Promise.withResolvers<string>();
    const unhandled: unknown[] = [];
    const keep = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", keep);
    const target = httpTarget(new URL("http://nurse.test/"));
    await attempt(target, testEdges({ clock: withoutDeadlines, lookup: () => lookup.promise }), calledOff);
    lookup.reject(new Error("ENOTFOUND"));
    // Node tells of unhandled rejections before the next turn.
    await new Promise(setImmediate);
    process.off("unhandledRejection", keep);
    expect(unhandled).toEqual([]);
  });
});

describe("a literal address to connect to", () => {
  it("takes the place of the URL's host, which is still the one asked for", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const url = new URL("http://nurse.test:81/alwayshappy");
    const connectTo = { address: "127.0.0.1", port: peer.port };
    const proxyFor = () => new URL("http://127.0.0.1:1");
    const lookup = () => Promise.reject(new Error("asked for a name"));
    const outcome = await attempt(httpTarget(url, { connectTo, proxyFor }), testEdges({ lookup }));
    expect(outcome.state === "ok" && Object.keys(outcome.phases)).toEqual(["connect", "processing"]);
    expect(peer.requests[0]?.headers.host).toBe("nurse.test:81");
  });

  it("is for the URL's own host only, not for one that it redirects to", async () => {
    await using other = await startHttpPeer((_request, response) => response.end());
    await using peer = await startHttpPeer((_request, response) => {
      response.writeHead(302, { location: other.url.href }).end();
    });
    const connectTo = { address: "127.0.0.1", port: peer.port };
    const outcome = await attempt(httpTarget(new URL("http://nurse.test/"), { connectTo }));
    expect(outcome.state).toBe("ok");
    expect([peer.accepted, other.accepted]).toEqual([1, 1]);
  });
});

describe("headers of the target", () => {
  it("follow a redirect within its origin, and not to another host", async () => {
    await using other = await startHttpPeer((_request, response) => response.end());
    await using peer = await startHttpPeer((request, response) => {
      const location = request.url === "/again" ? other.url.href : "/again";
      response.writeHead(302, { location }).end();
    });
    const outcome = await attempt(httpTarget(peer.url, { headers: { "x-api-key": "secret" } }));
    expect(outcome.state).toBe("ok");
    const sent = [...peer.requests, ...other.requests].map(({ headers }) => headers["x-api-key"]);
    expect(sent).toEqual(["secret", "secret", undefined]);
  });
});

describe("connections", () => {
  it("are new for each attempt", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const target = httpTarget(peer.url);
    await attempt(target);
    await attempt(target);
    expect(peer.accepted).toBe(2);
    expect(peer.requests[0]?.headers.connection).toBe("close");
  });

  it("are kept when they are to be reused, and then there is no connect phase", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end("some body"));
    const connections = new Connections(true);
    const target = httpTarget(peer.url, { connections });
    await attempt(target);
    const second = await attempt(target);
    expect(peer.accepted).toBe(1);
    expect(second.state === "ok" && Object.keys(second.phases)).toEqual(["processing"]);
    connections.destroy();
    await peer.allClosed();
  });

  it("are closed after a body that does not end soon, and the answer stays ok", async () => {
    await using peer = await startHttpPeer((_request, response) => response.writeHead(200).write("endless"));
    const target = httpTarget(peer.url, { connections: new Connections(true) });
    const outcome = await attempt(target, impatient);
    expect(outcome).toMatchObject({ state: "ok", reading: { roundTrips: [{ code: 200 }] } });
    await peer.allClosed();
  });

  it("are closed after a body that breaks off, and the answer stays ok", async () => {
    await using peer = await startHttpPeer((_request, response) => {
      response.writeHead(200, { "content-length": 9 }).write("some", () => response.socket?.destroySoon());
    });
    const outcome = await attempt(httpTarget(peer.url, { connections: new Connections(true) }));
    expect(outcome.state).toBe("ok");
  });

  it("are closed after a body that is too long to read", async () => {
    let sent = 0;
    await using peer = await startHttpPeer((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const write = () => {
        do sent += chunk.length;
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", write);
      write();
    });
    const outcome = await attempt(httpTarget(peer.url, { connections: new Connections(true) }));
    expect(outcome.state).toBe("ok");
    await peer.allClosed();
    // What the kernel's buffers took is sent, though never read.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  it("that the server closed meanwhile are replaced without a failure", async () => {
    await using peer = await startTcpPeer((socket) => {
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        else socket.resetAndDestroy();
      });
    });
    const target = httpTarget(peer.url, { connections: new Connections(true) });
    await attempt(target);
    const second = await attempt(target);
    expect(second.state).toBe("ok");
    expect(peer.accepted).toBe(2);
    target.connections.destroy();
  });
});

describe("the bearer token", () => {
  it("does not go over a connection without TLS", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    await attempt(httpTarget(peer.url, { bearerToken: () => "secret" }));
    expect(peer.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("that can't be read discards the attempt before anything is sent", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const bearerToken = () => {
      throw new Error("ENOENT");
    };
    const outcome = await attempt(httpTarget(peer.url, { bearerToken }));
    expect(outcome).toEqual({ state: "discarded", why: "token-unreadable" });
    expect(peer.accepted).toBe(0);
  });

  it("that no header can hold discards the attempt before anything is sent", async () => {
    await using peer = await startHttpPeer((_request, response) => response.end());
    const outcome = await attempt(httpTarget(peer.url, { bearerToken: () => "two\nlines" }));
    expect(outcome).toEqual({ state: "discarded", why: "token-unreadable" });
    expect(peer.accepted).toBe(0);
  });
});

describe("a proxy", () => {
  it("gets the whole URL of a plain request, and its own credentials", async () => {
    await using proxy = await startHttpPeer((_request, response) => response.end());
    const through = new URL(`http://user:p%40ss@127.0.0.1:${proxy.port}`);
    const outcome = await attempt(
      httpTarget(new URL("http://nurse.test/alwayshappy"), { proxyFor: () => through }),
    );
    expect(outcome.state).toBe("ok");
    expect(proxy.requests[0]).toMatchObject({
      url: "http://nurse.test/alwayshappy",
      headers: { host: "nurse.test", "proxy-authorization": `Basic ${btoa("user:p@ss")}` },
    });
  });

  it("that refuses a tunnel is a connect_refused with its status", async () => {
    await using proxy = await startTcpPeer((socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    const proxyFor = () => new URL(`http://127.0.0.1:${proxy.port}`);
    const outcome = await attempt(httpTarget(new URL("https://nurse.test/"), { proxyFor }));
    expect(outcome).toMatchObject({ phase: "connect", reason: "connect_refused" });
    expect(outcome.state === "failed" && outcome.detail).toContain("403 Forbidden");
  });
});
