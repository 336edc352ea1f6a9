import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { createProcessFamilies } from "./processFamilies.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

test("the process and its runtime", async () => {
  const families = createProcessFamilies("full");
  const samples = await families.samples();
  families.stop();
  const values = new Map(samples.map(({ name, value }) => [name, value]));
  expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(1e7);
  expect(values.get("process_resident_memory_anon_bytes")).toBeGreaterThan(1e6);
  expect(values.get("process_start_time_seconds")).toBeCloseTo(Date.now() / 1000 - process.uptime(), 0);
  expect(values.get("process_open_fds")).toBeGreaterThan(3);
  expect(values.get("process_max_fds")).toBeGreaterThan(3);
  expect(values.get("process_cpu_seconds_total")).toBeGreaterThan(0);
  expect(values.get("nodejs_heap_size_used_bytes")).toBeGreaterThan(1e6);
});

test("lean detail leaves Node.js out", async () => {
  const families = createProcessFamilies("lean");
  const names = (await families.samples()).map(({ name }) => name);
  families.stop();
  expect(names).toContain("process_resident_memory_bytes");
  expect(names.filter((name) => name.startsWith("nodejs"))).toEqual([]);
});

test("garbage collections are timed until it is stopped", async () => {
  const collections = async (families: ReturnType<typeof createProcessFamilies>) =>
    (await families.samples()).find(
      ({ name, labels }) => name === "nodejs_gc_duration_seconds_count" && labels.kind === "major",
    )?.value ?? 0;
  const stopped = createProcessFamilies("full");
  stopped.stop();
  const observing = createProcessFamilies("full");
  collectGarbage();
  await vi.waitFor(async () => expect(await collections(observing)).toBeGreaterThan(0));
  observing.stop();
  expect(await collections(stopped)).toBe(0);
});
