import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFaults, type Fault } from "../faults.ts";
import { type Listener, listen } from "./listener.ts";
import { createNetwork } from "./network.ts";

const faults = createFaults(() => {});
const network = createNetwork(faults, false);
let received: string[] = [];
let far: Listener;
let opened: Socket[] = [];

beforeEach(async () => {
  network.attach("127.0.0.1", { place: "b", pod: true });
  const heard: string[] = [];
  received = heard;
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.on("error", () => {});
    const said = await text(socket).catch(() => "broken");
    heard.push(said);
    socket.end(`heard ${said}`);
  });
  far = await listen(server, "127.0.0.1", 0);
});
afterEach(async () => {
  faults.heal();
  for (const socket of opened) socket.destroy();
  opened = [];
  await far.close();
});

function open(port = far.port, from = "a"): Socket {
  const socket = network.connect(from, "127.0.0.1", { address: "127.0.0.1", port });
  socket.allowHalfOpen = true;
  opened.push(socket);
  return socket.on("error", () => {});
}

async function secondsToAsk(socket = open()): Promise<number> {
  const begun = performance.now();
  await once(socket, "connect");
  socket.end("hello");
  expect(await text(socket)).toBe("heard hello");
  return (performance.now() - begun) / 1000;
}

test("a sound link connects at once and directly", async () => {
  const socket = open();
  await once(socket, "connect");
  expect(socket.remotePort).toBe(far.port);
  socket.end("hello");
  expect(await text(socket)).toBe("heard hello");
});

test("a closed port refuses", async () => {
  const { port } = far;
  await far.close();
  const [error] = await once(open(port), "error").catch((error) => [error]);
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
  far = await listen(createServer(), "127.0.0.1", port);
});

test.each<Fault>([
  { kind: "black-hole", from: "a", to: "b" },
  { kind: "black-hole", from: "b", to: "a" },
  { kind: "dead-node", node: "b" },
  { kind: "loss", share: 1, on: { node: "a" } },
])(
  "a connection needs both directions, and comes about one second after the first SYN: $kind",
  async (fault) => {
    faults.add(fault);
    const begun = performance.now();
    const socket = open();
    expect(socket.readyState).toBe("opening");
    faults.heal();
    await once(socket, "connect");
    const seconds = (performance.now() - begun) / 1000;
    expect(seconds).toBeGreaterThan(0.95);
    expect(seconds).toBeLessThan(1.5);
  },
);

test("a black hole between others changes nothing, and none is within a node", async () => {
  faults.add({ kind: "black-hole", from: "a", to: "c" });
  faults.add({ kind: "dead-node", node: "b" });
  await once(open(far.port, "b"), "connect");
});

test("a socket that is destroyed while it waits never reaches the other side", async () => {
  faults.add({ kind: "black-hole", from: "a", to: "b" });
  const socket = open();
  socket.destroy();
  await once(socket, "close");
  faults.heal();
  await secondsToAsk();
  expect(received).toEqual(["hello"]);
});

test("delay counts once for the handshake and once for question and answer", async () => {
  faults.add({ kind: "delay", seconds: 0.05, on: { from: "a", to: "b" } });
  faults.add({ kind: "delay", seconds: 0.03, on: { node: "b" } });
  const seconds = await secondsToAsk();
  expect(seconds).toBeGreaterThan(0.21);
  expect(seconds).toBeLessThan(0.6);
});

test("a refusal also comes through a slow link", async () => {
  const { port } = far;
  await far.close();
  faults.add({ kind: "delay", seconds: 0.01, on: { node: "b" } });
  const [error] = await once(open(port), "error").catch((error) => [error]);
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
  far = await listen(createServer(), "127.0.0.1", port);
});

test("the kernel accepts for a frozen process, which hears what was said once it goes on", async () => {
  faults.add({ kind: "freeze", node: "b" });
  const socket = open();
  await once(socket, "connect");
  socket.end("hello");
  const answer = text(socket);
  const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, "silence"))]);
  expect(early).toBe("silence");
  expect(received).toEqual([]);
  faults.heal();
  expect(await answer).toBe("heard hello");
});

test("when one end of a relayed connection is destroyed, the other side hears of it", async () => {
  faults.add({ kind: "delay", seconds: 0.001, on: { node: "b" } });
  const socket = open();
  await once(socket, "connect");
  socket.destroy();
  await vi.waitFor(() => expect(received).toHaveLength(1));
});

test("large packets are lost and hold up what is said behind them, until the path is healed", async () => {
  faults.add({ kind: "mtu", on: { from: "a", to: "b" } });
  const socket = open();
  await once(socket, "connect");
  socket.end("x".repeat(1401));
  const answer = text(socket);
  const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, "silence"))]);
  expect(early).toBe("silence");
  faults.heal();
  expect(await answer).toContain("heard x");
  expect(await secondsToAsk()).toBeLessThan(0.5);
});
