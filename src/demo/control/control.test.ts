import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type DemoCluster, startDemoCluster } from "../cluster.ts";
import { findRunningDemo } from "./client.ts";
import { readControlFile, writeControlFile } from "./file.ts";
import { startControl } from "./server.ts";

const picture = { title: "demo", rows: [], findings: [], faults: [], hints: [] };
let cluster: DemoCluster;
let directory: string;

beforeAll(async () => {
  cluster = await startDemoCluster({ nodes: 3 });
  directory = mkdtempSync(join(tmpdir(), "control-"));
  vi.stubEnv("TMPDIR", directory);
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
  await cluster.stop();
});

test("another terminal sees, breaks and heals", async () => {
  await using _control = await startControl(cluster, () => picture);
  const demo = await findRunningDemo();
  expect(demo?.pid).toBe(process.pid);
  expect(await demo?.picture()).toEqual(picture);
  const { id } = (await demo?.addFault(["loss", "20%", "node-2"])) ?? {};
  await demo?.addFault(["ingress-502"]);
  expect(cluster.faults.active().map(({ fault }) => fault.kind)).toEqual(["loss", "ingress-502"]);
  expect(await demo?.heal(id)).toEqual([{ id, description: "20 % loss on all links of node-2" }]);
  expect(await demo?.heal()).toMatchObject([{ description: "the ingress answers 502" }]);
  expect(await demo?.heal()).toEqual([]);
  expect(cluster.faults.active()).toEqual([]);
});

test("what can't be done is said in one line", async () => {
  await using _control = await startControl(cluster, () => picture);
  const demo = await findRunningDemo();
  await expect(demo?.addFault(["freeze", "node-7"])).rejects.toThrow(
    'a node: "node-7"; expected one of node-1, node-2, node-3',
  );
  await expect(demo?.heal("f99")).rejects.toThrow("there is no fault f99");
});

test("only who can read the file gets in, and the file is this user's alone and goes with the demo", async () => {
  {
    await using _control = await startControl(cluster, () => picture);
    const [name = ""] = readdirSync(directory);
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    const { url } = (await readControlFile()) ?? {};
    expect((await fetch(`${url}/faults`, { method: "DELETE" })).status).toBe(401);
    const headers = { authorization: "Bearer guess" };
    expect((await fetch(`${url}/picture`, { headers })).status).toBe(401);
  }
  expect(readdirSync(directory)).toEqual([]);
  expect(await findRunningDemo()).toBeUndefined();
});

test("the file of a demo that was killed is no running demo, and the next demo replaces it", async () => {
  await writeControlFile({ pid: 1, url: "http://127.0.0.1:1", token: "old" });
  expect(await findRunningDemo()).toBeUndefined();
  await using _control = await startControl(cluster, () => picture);
  expect((await findRunningDemo())?.pid).toBe(process.pid);
});
