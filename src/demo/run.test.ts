import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { placesOf, ports } from "./addresses.ts";
import { demoCommand } from "./command.ts";
import { findRunningDemo } from "./control/client.ts";
import { listen } from "./network/listener.ts";
import { checkPlaces } from "./preflight.ts";
import { runDemo } from "./run.ts";

/** Not one of those that clusters of other tests find for themselves. */
const network = 2 + (process.pid % 14);
const options = { nodes: 3, interval: "500ms", intervalSeconds: 0.5, network };
let directory: string;
let printed: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "run-"));
  vi.stubEnv("TMPDIR", directory);
  printed = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.push(...String(text).trimEnd().split("\n"));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const command = (...words: string[]) => demoCommand().exitOverride().parseAsync(words, { from: "user" });

test("without a terminal a demo writes lines, obeys the commands, refuses a second one, and leaves nothing behind", async () => {
  const signals = process.listenerCount("SIGINT");
  const demo = runDemo({ ...options, durationSeconds: 60 });
  await vi.waitFor(async () => expect(await findRunningDemo()).toBeDefined(), { timeout: 20_000 });
  await expect(runDemo(options)).rejects.toThrow(`a demo runs already (process ${process.pid})`);

  await command("fault", "ingress-502");
  expect(printed).toContain("f1: the ingress answers 502");
  const told = (pattern: RegExp) =>
    vi.waitFor(() => expect(printed.filter((line) => pattern.test(line))).not.toEqual([]), {
      timeout: 10_000,
    });
  await told(/^\dm\d\ds fault f1 the ingress answers 502: begun$/);
  await told(/^\dm\d\ds node-1 me_ingress: FAIL 502 Bad Gateway$/);
  await command("status");
  expect(printed).toContain("Faults: f1 the ingress answers 502");
  await command("heal", "f1");
  expect(printed).toContain("healed: the ingress answers 502");
  await told(/^\dm\d\ds node-1 me_ingress: ok$/);
  await told(
    /^\dm\d\ds 3 nodes, (\d+)\/\1 checks ok, errors in the last minute: \d+, findings: .*, faults: 0$/,
  );

  process.emit("SIGINT");
  await demo;
  expect(readdirSync(directory)).toEqual([]);
  expect(process.listenerCount("SIGINT")).toBe(signals);
  await checkPlaces(placesOf(network, 3, 3));
  await expect(command("status")).rejects.toThrow("no demo runs: start one in another terminal");
}, 60_000);

test("a demo ends by itself after its duration", async () => {
  await runDemo({ ...options, durationSeconds: 0.2 });
  expect(printed[0]).toMatch(/kubenurse demo: 3 nodes in 3 zones, each target checked every 500ms/);
  expect(readdirSync(directory)).toEqual([]);
}, 30_000);

test("a taken port is named, with how to find who has it", async () => {
  const agent = placesOf(network, 3, 3).find(({ port }) => port === ports.agent);
  if (agent === undefined) throw new Error("no place for an agent");
  const taken = await listen(createServer(), agent.address, agent.port);
  try {
    await expect(runDemo(options)).rejects.toThrow(
      /^127\.\d+\.1\.1:8080 is taken: stop the program .*lsof -nP -iTCP:8080/,
    );
  } finally {
    await taken.close();
  }
});

test("where addresses are missing it is said how to add them", async () => {
  const places = ["198.51.100.1", "203.0.113.1"].map((address) => ({ address, port: 8080 }));
  await expect(checkPlaces(places)).rejects.toThrow(
    "this machine does not have the loopback address 198.51.100.1 and 1 more. Add them until the next restart, " +
      "with fewer for a smaller `--nodes`: for a in 198.51.100.1 203.0.113.1; do sudo ifconfig lo0 alias $a; done",
  );
});

test.each([
  ["--nodes", "2", "Expected a whole number from 3 to 64."],
  ["--nodes", "65", "Expected a whole number from 3 to 64."],
  ["--nodes", "many", "Expected a whole number from 3 to 64."],
  ["--interval", "5", "Expected a duration above 0, such as 5s or 1m30s."],
  ["--duration", "0s", "Expected a duration above 0, such as 5s or 1m30s."],
])("%s %s is refused", async (option, value, message) => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await expect(command(option, value)).rejects.toThrow(message);
});
