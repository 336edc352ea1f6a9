import { expect, it } from "vitest";
import { eventually } from "../../test/peers/eventually.ts";
import { startMeshAgents } from "../../test/peers/meshAgents.ts";
import { createTrust } from "../probes/http/trust.ts";
import { createSelfWatch } from "../results/selfWatch.ts";
import { createResults } from "../results/store.ts";
import { createLoopDelay } from "../schedule/loopDelay.ts";
import { createSchedule } from "../schedule/schedule.ts";
import { createChecks } from "./checks.ts";
import { createMesh } from "./mesh.ts";

it("watches some agents, visits all, and learns their nodes' addresses from what they answer", async () => {
  await using agents = await startMeshAgents("127.71", ["a", "b", "c", "d"], {
    KUBENURSE_MESH_NEIGHBOURS: "2",
    KUBENURSE_CHECK_INTERVAL: "100ms",
  });
  for (const [node, peer] of agents.peers) agents.peers.set(node, { ...peer, hostIP: "" });
  const { config, edges, discovery } = agents.agent("a");
  const loopDelay = createLoopDelay(edges.clock, () => {});
  const results = createResults(edges.clock);
  const checks = createChecks({
    ...{ edges, results },
    schedule: createSchedule(edges.clock, edges.random, 5),
    selfWatch: createSelfWatch({ clock: edges.clock, loopDelay, readThrottling: () => undefined }),
  });
  const signal = new AbortController().signal;
  const mesh = createMesh({ config, edges, checks, results, trust: createTrust(true, []), signal });
  mesh.follow(discovery);
  await eventually(() => {
    expect(mesh.state()).toMatchObject({ neighbours: 2, coverage: { ratio: 1 } });
    expect([...results.subjects()].filter(({ probe }) => probe === "tcp")).toHaveLength(2);
  });
  expect(await mesh.answer({ node: "c", back: "d" })).toEqual({ tested: "ok", back: "ok" });
  expect(mesh.events()).toEqual([]);
  await checks.stop();
});
