import { setTimeout as pause } from "node:timers/promises";
import type { ClusterApi } from "../clusterApi.ts";
import { replaceAgent } from "../disturbances.ts";
import { agentsByNode, nodeOf, type Pod } from "../pods.ts";
import { siteIn } from "../site.ts";
import { waitFor } from "../waiting.ts";
import { isOneOf } from "./expectations.ts";
import type { Fault } from "./faults.ts";
import { tryFault } from "./trial.ts";
import type { FindingsWatch } from "./watch.ts";

const openSeconds = 60;
const leaderSeconds = 60;

/** Replaces the leading agent while a finding of another node is open; tells in a sentence how the next one went on. */
export async function replacedLeader(
  fault: Fault,
  api: ClusterApi,
  watch: FindingsWatch,
): Promise<{ readonly isRight: boolean; readonly told: string }> {
  const leader = await leadingAgent(api, watch);
  const [other] = (await agentsByNode(api)).filter((pod) => nodeOf(pod) !== nodeOf(leader));
  if (other === undefined) throw new Error("there is one node only");
  watch.restart();
  await using _ = await fault.inject({ ...(await siteIn(api)), second: other });
  await waitFor("a finding", openSeconds, () => watch.sightings()[0]);
  const before = watch.sightings().map(({ first }) => first.id);
  const begun = watch.seconds();
  await replaceAgent(leader);
  await waitFor("another leader", leaderSeconds, () => {
    return watch.leader() === leader.metadata.name ? undefined : watch.open();
  });
  const seconds = watch.seconds() - begun;
  const ids = watch.sightings().map(({ first }) => first.id);
  const isRight = watch.open()?.length === before.length && ids.join() === before.join();
  const names = watch.open()?.join("; ") || "nothing";
  return {
    isRight,
    told: `Another leader answered ${seconds.toFixed(0)} s after the first was deleted: ${names}.`,
  };
}

/** Cuts off the node of the leading agent; tells in a sentence what was found, by whomever. */
export async function cutLeader(
  fault: Fault,
  api: ClusterApi,
  watch: FindingsWatch,
  signal: AbortSignal,
): Promise<{ readonly isRight: boolean; readonly told: string }> {
  const leader = await leadingAgent(api, watch);
  const node = nodeOf(leader);
  const must = ["overlay", "node", "out", "in"].map((kind) => `${kind} ${node}: *`);
  const site = { ...(await siteIn(api)), second: leader };
  const longer = { inject: fault.inject, seconds: 2 * fault.seconds };
  const { hit, sightings, wrong } = await tryFault(longer, site, { must, may: [] }, watch, signal);
  const others = sightings.flatMap(({ names }) => [...names]).filter((name) => !isOneOf(must, name));
  const found = hit === undefined ? "nothing" : `${hit.name} after ${hit.seconds.toFixed(0)} s`;
  return {
    isRight: hit !== undefined && wrong.length === 0,
    told: `Of the leader's own node that was cut off was found: ${found}; beside it ${others.join(", ") || "nothing"}.`,
  };
}

async function leadingAgent(api: ClusterApi, watch: FindingsWatch): Promise<Pod> {
  for (;;) {
    const leader = (await agentsByNode(api)).find(({ metadata }) => metadata.name === watch.leader());
    if (leader !== undefined) return leader;
    await pause(1000);
  }
}
