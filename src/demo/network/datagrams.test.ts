import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { eventually } from "../../../test/peers/eventually.ts";
import type { Datagrams, SocketAddress } from "../../edges.ts";
import { createFaults, type Fault } from "../faults.ts";
import { createFreezableClock } from "../freezableClock.ts";
import { createNetwork } from "./network.ts";

const [near, far] = ["127.0.0.1", "127.0.0.2"];
const faults = createFaults(() => {});
const network = createNetwork(faults, false);
network.attach(near, { place: "a", pod: true });
network.attach(far, { place: "b", pod: true });
const clocks = { a: createFreezableClock(), b: createFreezableClock() };
let heard: string[] = [];
let errors: string[] = [];
const opened: Datagrams[] = [];
let echo: Datagrams;
let echoed = 0;

async function open(
  place: keyof typeof clocks,
  address: string,
  options: Partial<Parameters<typeof network.openDatagrams>[2]>,
) {
  const socket = await network.openDatagrams(
    place,
    address,
    {
      onMessage: (message) => heard.push(message.toString()),
      onError: ({ code = "" }) => errors.push(code),
      ...options,
    },
    clocks[place],
  );
  opened.push(socket);
  return socket;
}

const peer = (): SocketAddress => ({ address: far, port: echo.port });

beforeEach(async () => {
  echoed = 0;
  echo = await open("b", far, {
    onMessage(message, from) {
      echoed += 1;
      echo.send(message, from);
    },
  });
});
afterEach(() => {
  faults.heal();
  for (const socket of opened.splice(0)) socket.close();
  heard = [];
  errors = [];
});

test("datagrams go there and back, and only to those who asked", async () => {
  const socket = await open("a", near, { peer: peer() });
  socket.send(Buffer.from("hello"), peer());
  await eventually(() => expect(heard).toEqual(["hello"]));
});

test.each<[string, Fault, number]>([
  ["on the way there", { kind: "loss", share: 1, on: { from: "a", to: "b" } }, 0],
  ["on the way back", { kind: "loss", share: 1, on: { from: "b", to: "a" } }, 1],
  ["by protocol", { kind: "black-hole", from: "a", to: "b", only: "udp" }, 0],
  ["by the pod network", { kind: "black-hole", from: "a", to: "b", only: "overlay" }, 0],
])("a datagram is lost %s, the next one is not once it is healed", async (_, fault, arrived) => {
  const socket = await open("a", near, { peer: peer() });
  faults.add(fault);
  socket.send(Buffer.from("lost"), peer());
  await vi.waitFor(() => expect(echoed).toBe(arrived));
  faults.heal();
  socket.send(Buffer.from("found"), peer());
  await eventually(() => expect(heard).toEqual(["found"]));
});

test("large datagrams are lost where large packets are", async () => {
  const socket = await open("a", near, { peer: peer() });
  faults.add({ kind: "mtu", on: { node: "b" } });
  socket.send(Buffer.alloc(1401), peer());
  socket.send(Buffer.from("small"), peer());
  await eventually(() => expect(heard).toEqual(["small"]));
  expect(echoed).toBe(1);
});

test("a delay counts on each way, and the sender may use its bytes again", async () => {
  const socket = await open("a", near, { peer: peer() });
  faults.add({ kind: "delay", seconds: 0.05, on: { node: "b" } });
  const bytes = Buffer.from("first");
  const begun = performance.now();
  socket.send(bytes, peer());
  bytes.write("other");
  await eventually(() => expect(heard).toEqual(["first"]));
  expect(performance.now() - begun).toBeGreaterThan(99);
});

test("a frozen process hears what was said when it is thawed", async () => {
  const socket = await open("a", near, { peer: peer() });
  faults.add({ kind: "freeze", node: "a" });
  clocks.a.freeze();
  socket.send(Buffer.from("hello"), peer());
  await eventually(() => expect(echoed).toBe(1));
  expect(heard).toEqual([]);
  faults.heal();
  clocks.a.thaw();
  await eventually(() => expect(heard).toEqual(["hello"]));
});

test("a closed port refuses", async () => {
  const closed = peer();
  const socket = await open("a", near, { peer: closed });
  echo.close();
  socket.send(Buffer.from("hello"), closed);
  await eventually(() => expect(errors).toEqual(["ECONNREFUSED"]));
});
