import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { eventually } from "./peers/eventually.ts";
import { startHttpPeer } from "./peers/httpPeer.ts";
import { startKubernetes, type TestKubernetes } from "./peers/kubernetes.ts";

const executable = join(import.meta.dirname, "..", "src", "bin", "kubenurse.ts");

let kubernetes: TestKubernetes;
let kubeconfig: string;
const processes: ChildProcess[] = [];

beforeEach(async () => {
  kubernetes = await startKubernetes();
  const directory = kubernetes.serviceAccountDirectory;
  kubeconfig = join(directory, "kubeconfig");
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "c",
          cluster: {
            server: `https://127.0.0.1:${kubernetes.api.port}`,
            "certificate-authority": join(directory, "ca.crt"),
          },
        },
      ],
      users: [{ name: "u", user: { token: "test-token" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      "current-context": "c",
    }),
  );
});

afterEach(async () => {
  for (const process of processes.splice(0)) process.kill("SIGKILL");
  await kubernetes[Symbol.asyncDispose]();
});

/** Runs the agent, or another command, with a kubeconfig; `said` is what it wrote to standard error. */
function run(environment: Record<string, string> = {}, ...args: string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, KUBECONFIG: kubeconfig, KUBENURSE_NAMESPACE: "nurses", ...environment };
  const child = spawn(process.execPath, [executable, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  processes.push(child);
  const running = { child, said: "", ended: once(child, "exit") as Promise<[number | null, string | null]> };
  child.stderr?.on("data", (data) => {
    running.said += data;
  });
  return running;
}

const get = (path: string) => fetch(`http://127.0.0.1:8080${path}`);
const untilStarted = (agent: { said: string }) =>
  eventually(() => expect(agent.said).toContain("kubenurse just started"));

describe("the agent's process", () => {
  it("says that it starts and started, serves, and ends with 0 after SIGTERM", async () => {
    const agent = run({ KUBENURSE_SHUTDOWN_DURATION: "0" });
    await untilStarted(agent);
    expect((await get("/alwayshappy")).status).toBe(200);
    const metrics = await (await get("/metrics")).text();
    expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(metrics).toMatch(/^process_open_fds \d+$/m);
    agent.child.kill("SIGTERM");
    expect(await agent.ended).toEqual([0, null]);
    const messages = agent.said
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages[0]).toBe("kubenurse starting");
    expect(messages.at(-1)).toBe("kubenurse stopped");
  });

  it("serves on for the shutdown duration, and ends at once with 128 + 15 at a second SIGTERM", async () => {
    const agent = run({ KUBENURSE_SHUTDOWN_DURATION: "1h" });
    await untilStarted(agent);
    agent.child.kill("SIGTERM");
    await eventually(async () => expect((await get("/ready")).status).toBe(503));
    expect((await get("/alwayshappy")).status).toBe(200);
    agent.child.kill("SIGTERM");
    expect(await agent.ended).toEqual([143, null]);
  });

  it("ends with 1 and names the port when it is taken", async () => {
    await using _other = await startHttpPeer(() => {}, { address: "127.0.0.1", port: 8080 });
    const agent = run();
    expect((await agent.ended)[0]).toBe(1);
    expect(agent.said).toContain("8080");
    expect(agent.said).not.toContain("    at ");
  });

  it.each([
    ["KUBECONFIG", "/nonexistent/config"],
    ["KUBENURSE_CHECK_INTERVAL", "5"],
    ["KUBENURSE_EXTRA_CA", "/nonexistent/ca.crt"],
  ])("ends with 2 and one line that names %s when its value is %s", async (name, value) => {
    const agent = run({ [name]: value });
    expect((await agent.ended)[0]).toBe(2);
    const problems = agent.said
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("{"));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).toContain(value);
  });
});

test("kubenurse analyse leads until SIGTERM, lets go of its Lease, and ends with 0", async () => {
  const analyser = run({ KUBENURSE_DIAGNOSIS: "report" }, "analyse");
  const holder = () => {
    const { spec } = kubernetes.api.store.get("leases", "kubenurse", "nurses");
    return (spec as { holderIdentity?: string }).holderIdentity ?? "";
  };
  await eventually(() => expect(holder()).not.toBe(""));
  expect((await get("/ready")).status).toBe(200);
  expect(await (await get("/metrics")).text()).toMatch(/^process_resident_memory_bytes \d+$/m);
  analyser.child.kill("SIGTERM");
  expect(await analyser.ended).toEqual([0, null]);
  expect(holder()).toBe("");
});
