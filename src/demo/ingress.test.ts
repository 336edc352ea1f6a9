import { once } from "node:events";
import { createServer } from "node:http";
import { request } from "node:https";
import { connect, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { SocketAddress } from "../edges.ts";
import { type CertificateAuthority, makeCertificateAuthority } from "./certificates.ts";
import { startIngress } from "./ingress.ts";
import { listen } from "./network/listener.ts";

let authority: CertificateAuthority;
let open = new AsyncDisposableStack();
beforeAll(async () => {
  authority = await makeCertificateAuthority();
});
afterEach(async () => {
  await open.disposeAsync();
  open = new AsyncDisposableStack();
});

async function startBackend(server: Server): Promise<SocketAddress> {
  const { port, close } = await listen(server, "127.0.0.1", 0);
  open.defer(close);
  return { address: "127.0.0.1", port };
}

async function closedPort(): Promise<SocketAddress> {
  const { port, close } = await listen(createServer(), "127.0.0.1", 0);
  await close();
  return { address: "127.0.0.1", port };
}

async function ask(backends: readonly SocketAddress[], { host = "shop.test", failing = false } = {}) {
  const certificate = await authority.issue({ names: ["shop.test"] });
  const ingress = open.use(
    await startIngress({
      ...{ address: "127.0.0.1", port: 0, certificate, failing: () => failing },
      backendsOf: (host) => (host === "shop.test" ? backends : undefined),
      connect: ({ address, port }) => connect(port, address),
    }),
  );
  const outgoing = request({
    ...{ host: "127.0.0.1", port: ingress.port, servername: "shop.test", ca: authority.certificatePem },
    ...{ agent: false, method: "POST", path: "/buy?a=1", headers: { host: `${host}:8443` } },
  });
  outgoing.end("an order");
  const [response] = await once(outgoing, "response");
  return { status: response.statusCode, body: await text(response) };
}

const echo = () =>
  createServer(async (request, response) => {
    response.end(`${request.method} ${request.url} ${request.headers.host}: ${await text(request)}`);
  });

test("a request goes to a backend of its host, and the answer comes back", async () => {
  expect(await ask([await startBackend(echo())])).toEqual({
    status: 200,
    body: "POST /buy?a=1 shop.test:8443: an order",
  });
});

test("a backend that refuses is passed over", async () => {
  expect(await ask([await closedPort(), await startBackend(echo())])).toMatchObject({ status: 200 });
});

test.each([
  ["the host is unknown", 404, "other.test", false],
  ["there is no backend", 503, "shop.test", false],
  ["the ingress fails", 502, "shop.test", true],
])("when %s it answers %i", async (_, status, host, failing) => {
  expect(await ask([], { host, failing })).toMatchObject({ status });
});

test("when no backend can be reached, or one breaks off, it answers 502", async () => {
  expect(await ask([await closedPort()])).toMatchObject({ status: 502 });
  const rude = createServer((_, response) => response.destroy());
  expect(await ask([await startBackend(rude)])).toMatchObject({ status: 502 });
});
