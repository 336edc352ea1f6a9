import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fastClock } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { peerOf } from "../../test/peers/httpPeer.ts";
import { nodeObject, startKubernetes } from "../../test/peers/kubernetes.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes } from "./connection.ts";
import { nodeOf } from "./node.ts";
import { type Reflection, startReflector } from "./reflector.ts";

const edges = { clock: fastClock(1), random: () => 0.5 };

/** Reflects the nodes of the API server behind a kubeconfig until the stack is disposed. */
async function reflectNodes(server: string, stack: AsyncDisposableStack, clock = edges.clock) {
  const directory = await mkdtemp(join(tmpdir(), "kubenurse-kubeconfig-"));
  stack.defer(() => rm(directory, { recursive: true }));
  const kubeconfig = join(directory, "config");
  const named = { clusters: [{ name: "c", cluster: { server } }], users: [{ name: "u", user: {} }] };
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  await writeFile(kubeconfig, JSON.stringify({ ...named, contexts, "current-context": "c" }));
  const { config } = loadConfig({ KUBECONFIG: kubeconfig });
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  const told: Reflection<unknown>[] = [];
  startReflector({
    collection: { path: "/api/v1/nodes" },
    connection: await connectToKubernetes(config, "/nonexistent"),
    edges: { ...edges, clock },
    slim: nodeOf,
    onChange: (reflection) => void told.push(reflection),
    signal: ending.signal,
  });
  return told;
}

/** A server that knows one collection and ends each watch at once, as a proxy with short patience does. */
function impatientServer(asked: string[]): Server {
  return createServer((request, response) => {
    asked.push(request.url ?? "");
    const list = { metadata: { resourceVersion: "7" }, items: [] };
    response.end(request.url?.includes("watch=true") ? "" : JSON.stringify(list));
  });
}

it("asks ever less often when each watch ends at once", async () => {
  await using stack = new AsyncDisposableStack();
  const asked: string[] = [];
  const peer = stack.use(await peerOf(impatientServer(asked)));
  const clock = simulatedClock();
  await reflectNodes(`http://127.0.0.1:${peer.port}`, stack, clock);
  await eventually(() => expect(asked.length).toBeGreaterThanOrEqual(2));
  // Time goes on only between two watches: while one is under way, the next timer is the one that gives it up after 90 s of silence.
  const askedWithin = async (seconds: number) => {
    const before = asked.length;
    const end = clock.now() + seconds;
    while (clock.now() < end) {
      await eventually(() => expect(clock.nextIn).toBeLessThanOrEqual(30));
      await clock.advance(1);
    }
    return asked.length - before;
  };
  const firstMinute = await askedWithin(60);
  expect(firstMinute).toBeGreaterThan(1);
  expect(firstMinute).toBeLessThan(15);
  expect(await askedWithin(60)).toBeLessThan(firstMinute);
});

it("tells of no change that its copy does not show", async () => {
  await using kubernetes = await startKubernetes();
  const { store } = kubernetes.api;
  store.create("nodes", nodeObject("node-a"));
  const { config } = loadConfig(kubernetes.environment);
  const ending = new AbortController();
  const told: Reflection<unknown>[] = [];
  startReflector({
    collection: { path: "/api/v1/nodes" },
    connection: await connectToKubernetes(config, kubernetes.serviceAccountDirectory),
    ...{ edges, slim: nodeOf, signal: ending.signal },
    onChange: (reflection) => void told.push(reflection),
  });
  await eventually(() => expect(told).toHaveLength(1));
  const heartbeat = (at: number) =>
    store.update("nodes", "node-a", undefined, (node) => ({ ...node, status: { at } }));
  for (const at of [1, 2, 3]) heartbeat(at);
  store.create("nodes", nodeObject("node-b"));
  await eventually(() =>
    expect(told.at(-1)).toMatchObject({ items: [{ name: "node-a" }, { name: "node-b" }] }),
  );
  expect(told).toHaveLength(2);
  ending.abort();
});

it("asks below the path that the kubeconfig's server has", async () => {
  await using stack = new AsyncDisposableStack();
  const asked: string[] = [];
  const peer = stack.use(await peerOf(impatientServer(asked)));
  await reflectNodes(`http://127.0.0.1:${peer.port}/clusters/one`, stack);
  await eventually(() => expect(asked[0]).toMatch(/^\/clusters\/one\/api\/v1\/nodes\?/));
});
