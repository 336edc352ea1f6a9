import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { rawConnection, rawExchange, textUntilClosed } from "../../test/peers/rawConnection.ts";
import { makeCertificateAuthority } from "../demo/certificates.ts";
import { nodeHash } from "../mesh/ring.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { createServer, type Server, type ServerOptions } from "./server.ts";

const checks = {
  apiServerDirect: true,
  apiServerDns: true,
  meIngress: true,
  meService: true,
  neighbourhood: true,
};
const quiet: ServerOptions = {
  config: { checks },
  edges: testEdges({ listenAddress: "127.0.0.1" }),
  ports: { http: 0, https: 0 },
  sources: {
    latest: () => new Map([["me_service", { state: "ok", at: 0, seconds: 1 }]]),
    view: () => ({ state: "fresh", peers: [] }),
    nodeHash,
    firstRunDone: () => true,
    ready: () => true,
    identity: () => ({ pod: "nurse-a", node: "node-a" }),
    retry: async () => ({ status: 403 }),
    metrics: {
      render: async () => "a 1\n",
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      incoming: { record() {}, count: () => 0 },
    },
  },
};
const open: Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

/** A server on free ports. */
async function startServer(
  changed: {
    sources?: Partial<ServerOptions["sources"]>;
    limits?: Partial<Limits>;
    tls?: { certFile: string; keyFile: string };
    log?: pino.Logger;
  } = {},
) {
  const { sources, limits, tls, log } = changed;
  const server = createServer({
    ...quiet,
    config: { checks, ...(tls && { tls }) },
    edges: { ...quiet.edges, ...(log && { log }) },
    limits: { ...defaultLimits, stopSeconds: 0.2, ...limits },
    sources: { ...quiet.sources, ...sources },
  });
  const { http, https = 0 } = await server.start();
  open.push(server);
  return { server, http, https, url: `http://127.0.0.1:${http}` };
}

/** Metrics of which only the text matters. */
function metricsOf(render: () => Promise<string>): ServerOptions["sources"]["metrics"] {
  return { ...quiet.sources.metrics, render };
}

function keptLog() {
  const lines: string[] = [];
  return { lines, log: pino({}, { write: (line: string) => void lines.push(line) }) };
}

const get = (url: string, init?: RequestInit) => fetch(url, { redirect: "manual", ...init });

describe("endpoints", () => {
  test("/alive shows the request and the latest results", async () => {
    const { http, url } = await startServer();
    const answer = await get(`${url}/alive?x=<1>`, { headers: { "user-agent": "probe", cookie: "secret" } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const text = await answer.text();
    expect(Object.keys(JSON.parse(text))).toEqual([
      "hostname",
      "headers",
      "user_agent",
      "request_uri",
      "remote_addr",
      "last_check_result",
    ]);
    expect(text).toContain('\n "hostname": "this-agent",\n');
    expect(text).toContain('\n "user_agent": "probe",\n');
    expect(text).toMatch(/\n "request_uri": "\/alive\?x=(%3C1%3E|\\u003c1\\u003e)",\n/);
    expect(text).toMatch(/\n "remote_addr": "127\.0\.0\.1:\d+",\n/);
    expect(text).toContain(
      '\n  "me_service": "ok",\n  "neighbourhood": [],\n  "neighbourhood_state": "ok"\n }\n}\n',
    );
    expect(text).not.toContain("secret");
    expect(await rawExchange(http, "GET /alive HTTP/1.0\r\n\r\n")).toContain('"headers": {}');
  });

  test("/alive is 500 and empty until every check ran", async () => {
    const { url } = await startServer({ sources: { firstRunDone: () => false } });
    const answer = await get(`${url}/alive`);
    expect([answer.status, await answer.text()]).toEqual([500, ""]);
  });

  test.each([
    [true, 200],
    [false, 503],
  ])("/ready while ready is %s", async (ready, status) => {
    const { url } = await startServer({ sources: { ready: () => ready } });
    const answer = await get(`${url}/ready`);
    expect([answer.status, await answer.text(), answer.headers.get("content-length")]).toEqual([
      status,
      "",
      "0",
    ]);
  });

  test("/alwayshappy notes who checks", async () => {
    const origins: string[] = [];
    const incoming = { record: (origin: string) => void origins.push(origin), count: () => origins.length };
    const { url } = await startServer({ sources: { metrics: { ...quiet.sources.metrics, incoming } } });
    const answer = await get(`${url}/alwayshappy`, { headers: { "KUBENURSE-NEIGHBOUR-ORIGIN": "other" } });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    await get(`${url}/alwayshappy`);
    expect(origins).toEqual(["other"]);
  });

  test.each(["/alwayshappy", "/payload"])("%s says which agent answers", async (path) => {
    const { url } = await startServer({
      sources: { identity: () => ({ pod: "nurse-a", node: "node-a", nodeAddress: "192.0.2.1" }) },
    });
    const header = "pod=nurse-a; node=node-a; node-address=192.0.2.1";
    expect((await get(url + path)).headers.get("kubenurse-agent")).toBe(header);
    expect((await get(url + path, { method: "POST" })).headers.get("kubenurse-agent")).toBe(header);
  });

  test("/payload gives 16 KiB that are always the same and that nothing compresses", async () => {
    const [one, other] = [await startServer(), await startServer()];
    const answer = await get(`${one.url}/payload`);
    expect([answer.status, answer.headers.get("content-length")]).toEqual([200, "16384"]);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes).toHaveLength(16_384);
    expect(gzipSync(bytes).length).toBeGreaterThan(16_384);
    expect(Buffer.from(await (await get(`${other.url}/payload`)).arrayBuffer()).equals(bytes)).toBe(true);
  });

  test.each([0, 1, 16_384])("/payload counts a body of %i bytes", async (length) => {
    const { url } = await startServer();
    const answer = await get(`${url}/payload`, { method: "POST", body: new Uint8Array(length) });
    expect([answer.status, await answer.text()]).toEqual([200, String(length)]);
  });

  test("/payload counts a body that comes in pieces, and the connection serves on", async () => {
    const { http } = await startServer();
    const socket = await rawConnection(http);
    const answer = textUntilClosed(socket);
    for (const piece of ["POST /payload HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n", "some", "body"]) {
      socket.write(piece);
      await new Promise(setImmediate);
    }
    socket.write("GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await answer).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\r\n\r\n8HTTP\/1.1 200 OK/);
  });

  test("/metrics is the text for Prometheus", async () => {
    const { url } = await startServer();
    const answer = await get(`${url}/metrics`);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect([answer.status, await answer.text()]).toEqual([200, "a 1\n"]);
  });

  test("what goes wrong while answering is logged, and said to nobody else", async () => {
    const { lines, log } = keptLog();
    const metrics = metricsOf(() => Promise.reject(new Error("no metrics today")));
    const { url } = await startServer({ sources: { metrics }, log });
    const answer = await get(`${url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([500, ""]);
    expect(lines.join()).toContain("no metrics today");
  });

  test.each(["/", "/favicon.ico", "/alive/", "/ready/x", "//"])("%s leads to /alive", async (path) => {
    const { url } = await startServer();
    const answer = await get(url + path);
    expect([answer.status, answer.headers.get("location")]).toEqual([301, "/alive"]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await answer.text()).toBe('<a href="/alive">Moved Permanently</a>.\n\n');
  });

  test.each(["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])("%s is answered like GET", async (method) => {
    const { url } = await startServer();
    const statuses = ["/alive", "/ready", "/alwayshappy", "/metrics", "/"].map(async (path) => {
      return (await get(url + path, { method })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 200, 200, 301]);
  });

  test.each(["//alwayshappy", "///alwayshappy?x=//y"])("%s is /alwayshappy", async (path) => {
    const { url } = await startServer();
    const answer = await get(url + path);
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });

  test("/alive shows the path as it was sent", async () => {
    const { url } = await startServer();
    expect(await (await get(`${url}//alive`)).json()).toMatchObject({ request_uri: "//alive" });
  });

  test.each([
    ["OPTIONS *", "x", 301],
    ["GET /", "[fe80::1%25eth0]:8080", 301],
    ["GET /ready", "[fe80::1%eth0]:8080", 200],
    ["GET /ready", "my_service:8080", 200],
    ["GET /ready", "", 200],
    ["GET http://other/ready", "other", 200],
    ["GET /ready", "a b", 400],
    ["GET /ready", "a/b", 400],
  ])("%s for host %j is answered %i, as by Go's server", async (target, host, status) => {
    const { http } = await startServer();
    const answer = await rawExchange(
      http,
      `${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test("a redirect of anything but GET has no body", async () => {
    const { url } = await startServer();
    const answer = await get(url, { method: "POST" });
    expect([await answer.text(), answer.headers.get("content-type")]).toEqual(["", null]);
  });
});

describe("a client that takes more than its share", () => {
  test("a header that is too large is refused", async () => {
    const { http } = await startServer();
    const answer = await rawExchange(
      http,
      `GET /alive HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(17_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  test("a body that says it is too large is refused", async () => {
    const { http } = await startServer();
    const answer = await rawExchange(
      http,
      "POST /alive HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*Connection: close/i);
  });

  test("a body that turns out too large ends the connection", async () => {
    const { http } = await startServer();
    const socket = await rawConnection(http);
    const closed = textUntilClosed(socket);
    socket.write("POST /alwayshappy HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const chunk = `8000\r\n${"a".repeat(0x8000)}\r\n`;
    socket.write(chunk + chunk + chunk);
    await closed;
  });

  test.each([
    ["says that it is", `Content-Length: 16385\r\n\r\n${"a".repeat(16_385)}`],
    ["turns out", `Transfer-Encoding: chunked\r\n\r\n4001\r\n${"a".repeat(0x4001)}\r\n`],
  ])("a payload that %s too large is refused, and the connection closed", async (_what, rest) => {
    const { http } = await startServer();
    const answer = await rawExchange(http, `POST /payload HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*Connection: close/i);
  });

  test("a payload that breaks off is no error of the server's", async () => {
    const { lines, log } = keptLog();
    const { http, url } = await startServer({ log });
    const socket = await rawConnection(http);
    socket.write("POST /payload HTTP/1.1\r\nHost: x\r\nContent-Length: 16384\r\n\r\nsome");
    expect((await get(`${url}/ready`)).status).toBe(200);
    socket.resetAndDestroy();
    await once(socket, "close");
    expect((await get(`${url}/ready`)).status).toBe(200);
    expect(lines).toEqual([]);
  });

  test("a small body is dropped, and the connection serves on", async () => {
    const { http } = await startServer();
    const post = "POST /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
    const last = "GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const answer = await rawExchange(http, post + last);
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
  });

  test.each([
    ["says nothing", ""],
    ["does not end its header", "GET /ready HTTP/1.1\r\nHost: x\r\n"],
    ["does not end its payload", "POST /payload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"],
    ["does not end its body", "POST /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"],
  ])("one that %s is cut off, and others are served meanwhile", async (_what, request_) => {
    const { http, url } = await startServer({ limits: { headerSeconds: 0.2, requestSeconds: 0.4 } });
    const slow = rawExchange(http, request_);
    expect((await get(`${url}/ready`)).status).toBe(200);
    await slow;
  });

  test("one that does not read its answer is cut off", async () => {
    const huge = "a 1\n".repeat(10_000_000);
    const asked = Promise.withResolvers<void>();
    const { http, url } = await startServer({
      limits: { headerSeconds: 0.3, requestSeconds: 0.3, connections: 1 },
      sources: {
        metrics: metricsOf(async () => {
          asked.resolve();
          return huge;
        }),
      },
    });
    const socket = await rawConnection(http);
    socket.pause().write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    await asked.promise;
    await vi.waitFor(async () => expect((await get(`${url}/ready`)).status).toBe(200), 5000);
    const text = await textUntilClosed(socket);
    expect(text.length).toBeLessThan(huge.length);
  });

  test("one connection too many takes the place of the one that has been idle for the longest", async () => {
    const { http } = await startServer({ limits: { connections: 2 } });
    const [first, second] = [await rawConnection(http), await rawConnection(http)];
    const answered = once(first, "data");
    first.write("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
    await answered;
    const closed = textUntilClosed(second);
    expect(await rawExchange(http, "GET /ready HTTP/1.0\r\n\r\n")).toContain("200 OK");
    expect(await closed).toBe("");
    expect(first.destroyed).toBe(false);
    first.destroy();
  });

  test("one connection too many is refused where all are busy", async () => {
    const rendering = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    const metrics = metricsOf(() => {
      asked.resolve();
      return rendering.promise;
    });
    const { http } = await startServer({ limits: { connections: 1 }, sources: { metrics } });
    const first = rawExchange(http, "GET /metrics HTTP/1.0\r\n\r\n");
    await asked.promise;
    expect(await rawExchange(http, "GET /ready HTTP/1.0\r\n\r\n")).toBe("");
    rendering.resolve("a 1\n");
    expect(await first).toContain("200 OK");
  });
});

describe("start and stop", () => {
  test("a taken port is named", async () => {
    const taken = createTcpServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const server = createServer({ ...quiet, ports: { http: port, https: 0 } });
    await expect(server.start()).rejects.toThrow(
      `cannot listen on 127.0.0.1, port ${port}: it is already in use`,
    );
    taken.close();
  });

  test("where HTTPS can't start, HTTP does not stay open", async () => {
    const free = await startServer();
    await free.server.stop();
    const server = createServer({
      ...quiet,
      config: { checks, tls: { certFile: "/nonexistent/tls.crt", keyFile: "/nonexistent/tls.key" } },
      ports: { http: free.http, https: 0 },
    });
    await expect(server.start()).rejects.toThrow("cannot use certificate /nonexistent/tls.crt");
    await expect(get(`${free.url}/ready`)).rejects.toThrow("fetch failed");
  });

  test("stop lets an answer under way finish, and closes the kept connection after it", async () => {
    const rendering = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    const { server, http } = await startServer({
      limits: { stopSeconds: 60 },
      sources: {
        metrics: metricsOf(() => {
          asked.resolve();
          return rendering.promise;
        }),
      },
    });
    const answer = rawExchange(http, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    await asked.promise;
    const stopped = server.stop();
    rendering.resolve("a 1\n");
    expect(await answer).toMatch(/200 OK[\s\S]*a 1\n$/);
    await stopped;
  });

  test("stop ends what does not end by itself", async () => {
    const { server, http } = await startServer({ limits: { stopSeconds: 0.1 } });
    const closed = textUntilClosed(await rawConnection(http));
    await server.stop();
    expect(await closed).toBe("");
  });
});

describe("TLS", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tls-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  async function startTls(log = pino({ level: "silent" }), limits: Partial<Limits> = {}) {
    const authority = await makeCertificateAuthority();
    const tls = { certFile: join(directory, "tls.crt"), keyFile: join(directory, "tls.key") };
    const renew = async (name: string) => {
      const { cert, key } = await authority.issue({ names: [name] });
      writeFileSync(tls.certFile, cert);
      writeFileSync(tls.keyFile, key);
    };
    await renew("first");
    const { https } = await startServer({ tls, log, limits });
    const handshake = async (options: ConnectionOptions = {}) => {
      const socket = connectTls({ port: https, host: "127.0.0.1", ca: authority.certificatePem, ...options });
      await once(socket, "secureConnect");
      return socket;
    };
    const certificateName = async () => {
      const socket = await handshake({ checkServerIdentity: () => undefined });
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    };
    return { tls, renew, handshake, certificateName };
  }

  test("the endpoints are the same", async () => {
    const { handshake } = await startTls();
    const socket = await handshake({ checkServerIdentity: () => undefined });
    const answer = textUntilClosed(socket);
    socket.write("GET /alwayshappy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(await answer).toMatch(/^HTTP\/1.1 200 OK/);
  });

  test("an idle connection makes room for a new one here too", async () => {
    const { handshake } = await startTls(undefined, { connections: 1 });
    const options = { checkServerIdentity: () => undefined };
    const first = await handshake(options);
    const answered = once(first, "data");
    first.write("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
    await answered;
    const closed = textUntilClosed(first);
    const second = await handshake(options);
    expect(await closed).toBe("");
    second.destroy();
  });

  test("nothing older than TLS 1.2", async () => {
    const { handshake } = await startTls();
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
    await expect(handshake(old)).rejects.toThrow(/alert protocol version/);
    const socket = await handshake({ maxVersion: "TLSv1.2", checkServerIdentity: () => undefined });
    expect(socket.getProtocol()).toBe("TLSv1.2");
    socket.destroy();
  });

  test("a new certificate is used from the next connection on; a bad one is not, and is logged once", async () => {
    const { lines: logged, log } = keptLog();
    const { tls, renew, certificateName } = await startTls(log);
    expect(await certificateName()).toBe("first");
    await renew("second");
    expect(await certificateName()).toBe("second");
    writeFileSync(tls.certFile, "no certificate");
    expect(await certificateName()).toBe("second");
    expect(await certificateName()).toBe("second");
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(tls.certFile);
    rmSync(tls.keyFile);
    expect(await certificateName()).toBe("second");
    expect(await certificateName()).toBe("second");
    expect(logged).toHaveLength(2);
    await renew("third");
    expect(await certificateName()).toBe("third");
  });
});
