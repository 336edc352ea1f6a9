import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { finding } from "../../test/peers/handMadeDiagnosis.ts";
import { startKubernetes, type TestKubernetes } from "../../test/peers/kubernetes.ts";
import { type SimulatedClock, simulatedClock } from "../../test/peers/simulatedClock.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes } from "../discovery/connection.ts";
import { createOutageStore, type OutageStore } from "./outageStore.ts";
import { writeOutages } from "./outages.ts";

const signal = new AbortController().signal;
const nothing = { open: [], closed: [] };
let kubernetes: TestKubernetes;
let clock: SimulatedClock;
let leads: boolean;
let lines: string[];
let writes: number;

beforeEach(async () => {
  kubernetes = await startKubernetes();
  clock = simulatedClock();
  leads = true;
  lines = [];
  writes = 0;
  kubernetes.api.store.subscribe(() => {
    writes += 1;
  });
});

afterEach(async () => {
  await kubernetes[Symbol.asyncDispose]();
});

async function startStore(): Promise<OutageStore> {
  const { environment, serviceAccountDirectory } = kubernetes;
  const { config } = loadConfig(environment);
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  return createOutageStore({
    namespace: "nurses",
    connection: await connectToKubernetes(config, serviceAccountDirectory),
    edges: testEdges({ clock, log }),
    leads: () => leads,
  });
}

const stored = () => kubernetes.api.store.get("configmaps", "kubenurse-findings", "nurses").data;
const written = (count: number) => eventually(() => expect(writes).toBe(count));

test("what one leader kept, the next one has, and people can read it", async () => {
  const first = await startStore();
  expect(await first.load(signal)).toEqual(nothing);
  const open = [finding({ id: "a" }), finding({ id: "b", cause: "mtu_black_hole_out" })];
  const closed = [finding({ id: "c", closed: { at: 1, why: "recovered" } })];
  first.keep({ open, closed });
  await written(1);
  expect(stored()).toMatchObject({ open: expect.stringContaining('"summary": "Node node-3 answers nobody') });
  expect(await (await startStore()).load(signal)).toEqual({ open, closed });
});

test("a leader that leads again takes up nothing that is kept no more", async () => {
  const store = await startStore();
  await store.load(signal);
  store.keep({ open: [finding({ id: "a" })], closed: [] });
  await written(1);
  await store.stop();
  kubernetes.api.store.remove("configmaps", "kubenurse-findings", "nurses");
  expect(await store.load(signal)).toEqual(nothing);
});

test("a change is written at most every 5 s, figures once a minute, and nothing where nothing is open", async () => {
  const store = await startStore();
  await store.load(signal);
  store.keep(nothing);
  store.keep({ open: [finding({ id: "a" })], closed: [] });
  await written(1);
  await store.stop();
  const both = [finding({ id: "a" }), finding({ id: "b" })];
  await clock.advance(4);
  store.keep({ open: both, closed: [] });
  await store.stop();
  expect(writes).toBe(2);

  for (let seconds = 0; seconds < 55; seconds += 5) {
    await clock.advance(5);
    store.keep({ open: both.map((one) => ({ ...one, confidence: 1 - 1 / (2 + seconds) })), closed: [] });
    await store.stop();
  }
  expect(writes).toBe(2);
  await clock.advance(10);
  store.keep({ open: both, closed: [] });
  await written(3);
  await store.stop();
  await clock.advance(5);
  store.keep({ open: [], closed: [finding({ id: "a", closed: { at: 1, why: "recovered" } })] });
  await written(4);
  await clock.advance(600);
  store.keep({ open: [], closed: [finding({ id: "a", closed: { at: 1, why: "recovered" } })] });
  await store.stop();
  expect(writes).toBe(4);
});

test("a ConfigMap that somebody changed meanwhile is written all the same, by the leader alone", async () => {
  const store = await startStore();
  await store.load(signal);
  store.keep({ open: [finding({ id: "a" })], closed: [] });
  await written(1);
  await store.stop();
  kubernetes.api.store.update("configmaps", "kubenurse-findings", "nurses", (map) => ({ ...map, data: {} }));
  const open = [finding({ id: "b" })];
  await eventually(async () => {
    await clock.advance(5);
    store.keep({ open, closed: [] });
    expect(stored()).toMatchObject(writeOutages({ open, closed: [] }));
  });
  await store.stop();
  const before = writes;
  leads = false;
  await clock.advance(5);
  store.keep(nothing);
  await store.stop();
  expect(writes).toBe(before);
});

test("what was damaged by hand is written anew", async () => {
  const [name, namespace] = ["kubenurse-findings", "nurses"];
  const data = { ...writeOutages(nothing), open: '[{"id":"a"}]' };
  kubernetes.api.store.create("configmaps", { metadata: { name, namespace }, data });
  const store = await startStore();
  expect(await store.load(signal)).toEqual(nothing);
  store.keep({ open: [finding()], closed: [] });
  await written(2);
  expect(lines).toEqual(["the ConfigMap kubenurse-findings holds no findings; it is written anew"]);
});

test("a leader waits for the findings of the last one while the API server is away, and not where it may not read them", async () => {
  await kubernetes.api.stop();
  const store = await startStore();
  const loading = store.load(signal);
  await eventually(() => expect(lines).toEqual(["can't read the findings of the last leader"]));
  await kubernetes.api.start();
  await eventually(() => expect(clock.pending).toBe(1));
  await clock.advance(2);
  expect(await loading).toEqual(nothing);
  kubernetes.api.forbid("configmaps");
  lines = [];
  const other = await startStore();
  expect(await other.load(signal)).toEqual(nothing);
  for (let times = 0; times < 3; times += 1) {
    other.keep({ open: [finding()], closed: [] });
    await other.stop();
    await clock.advance(5);
  }
  expect(lines).toEqual(["can't read the findings of the last leader"]);
  expect(writes).toBe(0);
});
