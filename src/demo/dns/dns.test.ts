import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { decode, encode, type RecordType, streamDecode, streamEncode } from "dns-packet";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatagrams } from "../../realDatagrams.ts";
import { createStore } from "../api/store.ts";
import { createFreezableClock } from "../freezableClock.ts";
import { openDatagramsOverLinks } from "../network/datagrams.ts";
import type { Path } from "../network/path.ts";
import { createServices } from "../services.ts";
import { createLookup } from "./lookup.ts";
import { type DnsServer, startDnsServer } from "./server.ts";
import { createZone } from "./zone.ts";

const sound: Path = { lossShare: 0, delaySeconds: 0, mostBytes: Infinity, frozen: false };
const lost: Path = { ...sound, lossShare: 1 };
const address = "127.0.0.1";
const clock = createFreezableClock();
const store = createStore();
store.create("services", {
  metadata: { name: "kubernetes", namespace: "default" },
  spec: { clusterIP: "127.0.0.1" },
});
const zone = createZone(createServices(store), new Map([["ingress.test", "127.0.0.80"]]));
let server: DnsServer;
/** Of the server's answers. */
let back: Path = sound;

beforeAll(async () => {
  server = await startDnsServer({
    ...{ address, port: 0, zone },
    openDatagrams: (options) =>
      openDatagramsOverLinks(options, { localAddress: address, clock, pathTo: () => back }),
  });
});
afterAll(() => server.stop());
beforeEach(() => {
  back = sound;
});

const stopping = new AbortController();
const lookupOver = (there: () => Path, timeoutSeconds = 0.05) =>
  createLookup({
    server: { address, port: server.port },
    openDatagrams: (options) =>
      openDatagramsOverLinks(options, { localAddress: address, clock, pathTo: there }),
    ...{ signal: stopping.signal, timeoutSeconds },
  });
const lookup = (name: string) => lookupOver(() => sound, 5)(name);

test("names of the cluster and of the ingress resolve, whatever their case", async () => {
  expect(await lookup("kubernetes.default.svc.cluster.local")).toBe("127.0.0.1");
  expect(await lookup("Ingress.TEST")).toBe("127.0.0.80");
});

test("a name that does not exist fails as dns.lookup does", async () => {
  await expect(lookup("absent.default.svc.cluster.local")).rejects.toMatchObject({
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    message: "getaddrinfo ENOTFOUND absent.default.svc.cluster.local",
  });
});

test("names of others are refused", async () => {
  await expect(lookup("example.com")).rejects.toMatchObject({ code: "EAI_AGAIN" });
});

test.each([
  ["the question is lost", lost, sound],
  ["the answer is lost", sound, lost],
  ["the answer is late", sound, { ...sound, delaySeconds: 1 }],
])("after two timeouts the lookup fails: %s", async (_, there, wayBack) => {
  back = wayBack;
  const begun = performance.now();
  await expect(lookupOver(() => there)("ingress.test")).rejects.toMatchObject({ code: "EAI_AGAIN" });
  expect(performance.now() - begun).toBeGreaterThan(95);
});

test("where the first question gets lost, the second one helps", async () => {
  const paths = [lost];
  expect(await lookupOver(() => paths.shift() ?? sound)("ingress.test")).toBe("127.0.0.80");
});

test("a closed port is silence", async () => {
  const closed = await openDatagrams({ onMessage() {}, onError() {} }, address);
  const { port } = closed;
  closed.close();
  const lookup = createLookup({
    ...{ server: { address, port }, openDatagrams, signal: stopping.signal, timeoutSeconds: 0.05 },
  });
  await expect(lookup("ingress.test")).rejects.toMatchObject({ code: "EAI_AGAIN" });
});

test("over TCP a question may come in pieces, and two in one", async () => {
  const socket = connect(server.port, "127.0.0.1");
  const ask = (id: number, type: RecordType) =>
    streamEncode({ type: "query", id, questions: [{ type, name: "ingress.test" }] });
  const both = Buffer.concat([ask(1, "A"), ask(2, "AAAA")]);
  socket.write(both.subarray(0, 5), () => socket.write(both.subarray(5)));
  let received = Buffer.alloc(0);
  const answers = [];
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const length = 2 + received.readUInt16BE(0);
      answers.push(streamDecode(received.subarray(0, length)));
      received = received.subarray(length);
    }
    if (answers.length === 2) socket.end();
  }
  expect(answers).toMatchObject([
    { id: 1, rcode: "NOERROR", flag_aa: true, answers: [{ type: "A", data: "127.0.0.80" }] },
    { id: 2, rcode: "NOERROR", answers: [] },
  ]);
});

test("junk is not answered and does no harm", async () => {
  const socket = createSocket("udp4");
  socket.send(Buffer.from([1, 2, 3]), server.port, "127.0.0.1");
  socket.send(
    encode({ type: "query", id: 7, questions: [{ type: "A", name: "x.cluster.local" }] }),
    server.port,
    "127.0.0.1",
  );
  const [message] = await once(socket, "message");
  socket.close();
  expect(decode(message)).toMatchObject({ id: 7, rcode: "NXDOMAIN" });
});
