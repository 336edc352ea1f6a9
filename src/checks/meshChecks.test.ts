import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../test/peers/eventually.ts";
import { type MeshAgents, startMeshAgents } from "../../test/peers/meshAgents.ts";
import { createTrust } from "../probes/http/trust.ts";
import { createSelfWatch } from "../results/selfWatch.ts";
import { createResults } from "../results/store.ts";
import { createLoopDelay } from "../schedule/loopDelay.ts";
import { createSchedule } from "../schedule/schedule.ts";
import { createChecks } from "./checks.ts";
import { createMeshChecks } from "./meshChecks.ts";
import { createNodeAddresses } from "./nodeAddresses.ts";

let agents: MeshAgents;
afterEach(() => agents[Symbol.asyncDispose]());

/** The checks of the agent on node a, which know the nodes' addresses only as far as `knowAddresses`. */
async function meshOf(nodes: readonly string[], environment: Record<string, string>, knowAddresses = true) {
  agents = await startMeshAgents("127.73", nodes, environment);
  if (!knowAddresses)
    for (const [node, peer] of agents.peers) agents.peers.set(node, { ...peer, hostIP: "" });
  const { edges, discovery, config } = agents.agent("a");
  const results = createResults(edges.clock);
  const said: string[] = [];
  const running = new Set<string>();
  results.subscribe({
    begun: ({ type }) => void running.add(type),
    counted: ({ type, target }, { state }) => void said.push(`${type} on ${target}: ${state}`),
    discarded({ type }, why) {
      said.push(`${type}: ${why}`);
    },
    forgotten() {},
  });
  const selfWatch = createSelfWatch({
    clock: edges.clock,
    loopDelay: createLoopDelay(edges.clock, () => {}),
    readThrottling: () => undefined,
  });
  const schedule = createSchedule(edges.clock, edges.random, 5);
  const checks = createChecks({ edges, schedule, selfWatch, results });
  const mesh = createMeshChecks({
    ...{ config, edges, results, nodeAddresses: createNodeAddresses(), trust: createTrust(true, []) },
    checks: {
      start: (check) => checks.start(check),
      end(type, why) {
        running.delete(type);
        checks.end(type, why);
      },
    },
  });
  const follow = () => mesh.follow(discovery);
  follow();
  return { mesh, said, running, follow, [Symbol.asyncDispose]: () => checks.stop() };
}

const quick = { KUBENURSE_CHECK_INTERVAL: "100ms" };
/** So long that no check runs while a test looks at which there are. */
const slow = { KUBENURSE_CHECK_INTERVAL: "100h" };

describe("the mesh's checks", () => {
  it("test a neighbour by payload and node address, and excuse a port that never echoed", async () => {
    await using run = await meshOf(["a", "b"], quick);
    await eventually(() => {
      expect(run.said).toContain("payload_b on b: ok");
      expect(run.said).toContain("tcp_b on b: ok");
      expect(run.said).toContain("udp_b: unproven");
    });
    expect(run.said.filter((line) => line.endsWith("failed"))).toEqual([]);
  });

  it("have as many neighbours as the setting says", async () => {
    await using run = await meshOf(["a", "b", "c", "d"], { ...slow, KUBENURSE_MESH_NEIGHBOURS: "2" });
    expect(run.mesh.neighbours()).toBe(2);
    expect([...run.running].map((type) => type.replace(/_.*/, "")).sort()).toEqual([
      "payload",
      "payload",
      "tcp",
      "tcp",
      "udp",
      "udp",
    ]);
  });

  it("are only those that are switched on", async () => {
    const off = { KUBENURSE_CHECK_UDP: "false", KUBENURSE_CHECK_NODE_ADDRESS: "false" };
    await using run = await meshOf(["a", "b"], { ...slow, ...off });
    expect([...run.running]).toEqual(["payload_b"]);
  });

  it("learn a node's address from its agent's answer", async () => {
    await using run = await meshOf(["a", "b"], slow, false);
    expect(run.running).not.toContain("tcp_b");
    run.mesh.learn({ pod: "nurse-b", node: "b" });
    expect(run.running).not.toContain("tcp_b");
    run.mesh.learn({ pod: "nurse-b", node: "b", nodeAddress: "127.73.1.2" });
    expect(run.running).toContain("tcp_b");
  });

  it("leave out the node address that is the pod's own, as with host network", async () => {
    await using run = await meshOf(["a", "b"], slow, false);
    run.mesh.learn({ pod: "nurse-b", nodeAddress: "127.73.0.2" });
    expect(run.running).not.toContain("tcp_b");
  });

  it("end when the neighbour leaves, and begin anew for a pod that takes its place", async () => {
    await using run = await meshOf(["a", "b"], slow);
    const peer = agents.peers.get("b");
    agents.peers.delete("b");
    run.follow();
    expect([...run.running]).toEqual([]);
    if (peer !== undefined) agents.peers.set("b", { ...peer, podName: "nurse-b-2" });
    run.follow();
    expect([...run.running].sort()).toEqual(["payload_b", "tcp_b", "udp_b"]);
  });
});
