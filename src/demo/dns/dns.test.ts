import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { decode, encode, type RecordType, streamDecode, streamEncode } from "dns-packet";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createStore } from "../api/store.ts";
import type { Path } from "../network/path.ts";
import { createServices } from "../services.ts";
import { createLookup } from "./lookup.ts";
import { type DnsServer, startDnsServer } from "./server.ts";
import { createZone } from "./zone.ts";

const sound: Path = { lossShare: 0, delaySeconds: 0, frozen: false };
const store = createStore();
store.create("services", {
  metadata: { name: "kubernetes", namespace: "default" },
  spec: { clusterIP: "127.0.0.1" },
});
const zone = createZone(createServices(store), new Map([["ingress.test", "127.0.0.80"]]));
let server: DnsServer;
let alive = true;

beforeAll(async () => {
  server = await startDnsServer({ address: "127.0.0.1", port: 0, zone, alive: () => alive });
});
afterAll(() => server.stop());
beforeEach(() => {
  alive = true;
});

const stopping = new AbortController();
const lookupOver = (there: Path, back: Path = sound, timeoutSeconds = 0.05) =>
  createLookup({
    replicas: [{ address: "127.0.0.1", port: server.port }],
    ...{ localAddress: "127.0.0.1", signal: stopping.signal, timeoutSeconds },
    linkTo: () => ({ there: () => there, back: () => back }),
  });

test("names of the cluster and of the ingress resolve, whatever their case", async () => {
  const lookup = lookupOver(sound, sound, 5);
  expect(await lookup("kubernetes.default.svc.cluster.local")).toBe("127.0.0.1");
  expect(await lookup("Ingress.TEST")).toBe("127.0.0.80");
});

test("a name that does not exist fails as dns.lookup does", async () => {
  await expect(lookupOver(sound, sound, 5)("absent.default.svc.cluster.local")).rejects.toMatchObject({
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
    message: "getaddrinfo ENOTFOUND absent.default.svc.cluster.local",
  });
});

test("names of others are refused", async () => {
  await expect(lookupOver(sound, sound, 5)("example.com")).rejects.toMatchObject({ code: "EAI_AGAIN" });
});

test.each([
  ["the question is lost", { ...sound, lossShare: 1 }, sound],
  ["the answer is lost", sound, { ...sound, lossShare: 1 }],
  ["the answer is late", sound, { ...sound, delaySeconds: 1 }],
])("after two timeouts the lookup fails: %s", async (_, there, back) => {
  const begun = performance.now();
  const lookup = lookupOver(there, back)("ingress.test");
  await expect(lookup).rejects.toMatchObject({ code: "EAI_AGAIN" });
  expect(performance.now() - begun).toBeGreaterThan(95);
});

test("a dead replica answers nobody, and the second question helps who asks while it comes back", async () => {
  alive = false;
  await expect(lookupOver(sound)("ingress.test")).rejects.toMatchObject({ code: "EAI_AGAIN" });
  const revived = {
    get lossShare() {
      alive = true;
      return 0;
    },
    delaySeconds: 0,
    frozen: false,
  };
  expect(await lookupOver(revived, sound, 5)("ingress.test")).toBe("127.0.0.80");
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
