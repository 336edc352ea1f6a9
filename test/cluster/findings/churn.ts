import { setTimeout as pause } from "node:timers/promises";
import type { ClusterApi } from "../clusterApi.ts";
import { kubectl, run } from "../command.ts";
import { cordoned, drained, replaceAgent } from "../disturbances.ts";
import { agentsByNode, nodeOf } from "../pods.ts";
import { rolloutRestart } from "../rollout.ts";
import { settings } from "../settings.ts";
import { say, waitFor } from "../waiting.ts";
import { type FindingsWatch, nameOf } from "./watch.ts";

/** The agents excuse three restarts of the API server in half an hour. */
const restartEverySeconds = 660;
/** How long each change is left to show what it does. */
const restSeconds = 30;

/** Changes the cluster as its users do, over and over; resolves with what opened meanwhile, which should be nothing. */
export async function churn(
  api: ClusterApi,
  watch: FindingsWatch,
  seconds: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let restartedAt = Number.NEGATIVE_INFINITY;
  const changes: Readonly<Record<string, (node: string) => Promise<unknown>>> = {
    "all agents are replaced": () => rolloutRestart(),
    "a node is drained for a while": async (node) => {
      await using _ = await drained(node);
      await pause(restSeconds * 1000, undefined, { signal });
    },
    "a node is cordoned for a while": async (node) => {
      await using _ = await cordoned(node);
      await pause(restSeconds * 1000, undefined, { signal });
    },
    "two agents are deleted": async () => {
      const [first, second] = await agentsByNode(api);
      for (const agent of [first, second]) if (agent !== undefined) await replaceAgent(agent);
    },
    ...(settings.restartApi.length > 0 && {
      "the API server is restarted, unless it was lately": async () => {
        if (watch.seconds() - restartedAt < restartEverySeconds) return;
        restartedAt = watch.seconds();
        await run(settings.restartApi);
        await waitFor("the API server", 120, () => kubectl("get", "--raw", "/readyz"));
      },
    }),
  };
  watch.restart();
  for (let round = 0; watch.seconds() < seconds; round += 1) {
    const nodes = (await agentsByNode(api)).map(nodeOf);
    const node = nodes[round % nodes.length] ?? "";
    for (const [what, change] of Object.entries(changes)) {
      if (watch.seconds() >= seconds) break;
      say(`${watch.seconds().toFixed(0)} s: ${what} (${node})`);
      await change(node);
      await pause(restSeconds * 1000, undefined, { signal });
      say(`  open: ${watch.open()?.join("; ") ?? "no leader answers"}`);
    }
  }
  return watch
    .sightings()
    .map(({ first, openedSeconds }) => `${nameOf(first)} at ${openedSeconds.toFixed(0)} s`);
}
