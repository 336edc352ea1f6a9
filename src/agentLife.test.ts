import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../test/peers/eventually.ts";
import { peerOf, startTcpPeer } from "../test/peers/httpPeer.ts";
import { checksOf, get, metricsOf, startTestAgents, type TestAgents } from "../test/peers/testAgents.ts";

let agents: TestAgents;

beforeEach(async () => {
  agents = await startTestAgents();
});
afterEach(() => agents[Symbol.asyncDispose]());

describe("an agent's stop", () => {
  it("turns unready at once, serves on for the shutdown duration, and counts nothing of what was under way", async () => {
    await using silent = await startTcpPeer(() => {});
    const agent = await agents.start("a", "127.78.0.1", {
      KUBENURSE_EXTRA_CHECKS: `silent:http://127.0.0.1:${silent.port}/`,
      KUBENURSE_SHUTDOWN_DURATION: "1s",
    });
    await eventually(() => expect(silent.accepted).toBe(1));
    const stopped = agent.stop();
    await eventually(async () => expect((await get("127.78.0.1", "/ready")).status).toBe(503));
    expect((await get("127.78.0.1", "/alwayshappy")).status).toBe(200);
    const metrics = await metricsOf("127.78.0.1");
    expect(metrics).not.toContain("kubenurse_errors_total");
    expect(metrics).toMatch(/kubenurse_discarded_checks_total\{why="stopping"\} [1-9]/);
    await silent.allClosed();
    await stopped;
    await expect(get("127.78.0.1", "/ready")).rejects.toThrow();
  });

  it("closes the connections that were kept for the next check", async () => {
    await using peer = await peerOf(
      createServer({ keepAliveTimeout: 0 }, (_request, response) => response.end()),
    );
    const agent = await agents.start("a", "127.78.0.1", {
      KUBENURSE_EXTRA_CHECKS: `kept:http://127.0.0.1:${peer.port}/`,
      KUBENURSE_REUSE_CONNECTIONS: "true",
    });
    await eventually(async () => expect(await checksOf("127.78.0.1")).toHaveProperty("kept", "ok"));
    await agent.stop();
    await peer.allClosed();
    expect(peer.accepted).toBeGreaterThan(0);
  });

  it.each([
    ["", () => ({})],
    [" and takes long, since a kubeconfig needs a library", writeKubeconfig],
  ])("ends a start that is under way%s", async (_and, environment) => {
    const agent = agents.create("a", "127.78.0.1", environment());
    const starting = agent.start();
    await agent.stop();
    await starting;
    expect([...agent.results.subjects()]).toEqual([]);
    await expect(get("127.78.0.1", "/ready")).rejects.toThrow();
  });
});

describe("an agent's start", () => {
  it("fails when its port is taken, and names address and port", async () => {
    await agents.start("a", "127.78.0.1");
    await expect(agents.start("b", "127.78.0.1")).rejects.toThrow(/127\.78\.0\.1.*8080/);
  });
});

function writeKubeconfig(): Record<string, string> {
  const { api, serviceAccountDirectory } = agents.kubernetes;
  const KUBECONFIG = join(serviceAccountDirectory, "kubeconfig");
  const cluster = { server: `https://127.0.0.1:${api.port}`, "insecure-skip-tls-verify": true };
  const kubeconfig = {
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: { token: "test-token" } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  };
  writeFileSync(KUBECONFIG, JSON.stringify(kubeconfig));
  return { KUBECONFIG };
}
