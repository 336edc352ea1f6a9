import { setTimeout as pause } from "node:timers/promises";
import type { ScrapeTarget } from "../../../src/demo/prometheus.ts";
import type { ClusterApi } from "../clusterApi.ts";
import { nodeOf, type Pod, podsPath } from "../pods.ts";

const lookSeconds = 5;

export interface ScrapedAgents extends AsyncDisposable {
  /** The agents' pods with the labels that the chart's PodMonitor gives them. */
  targets(): readonly ScrapeTarget[];
}

/**
 * What Prometheus' own discovery of Kubernetes would find, which Debian's build of it lacks. While the API server is away,
 * the last answer counts, as there.
 */
export function followScrapedAgents(api: ClusterApi): ScrapedAgents {
  const ending = new AbortController();
  const { signal } = ending;
  let targets: readonly ScrapeTarget[] = [];
  const follow = async () => {
    while (!signal.aborted) {
      targets = await listTargets(api).catch(() => targets);
      await pause(lookSeconds * 1000, undefined, { signal }).catch(() => {});
    }
  };
  const following = follow();
  return {
    targets: () => targets,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await following;
    },
  };
}

async function listTargets(api: ClusterApi): Promise<ScrapeTarget[]> {
  const { items } = await api.json<{ items: Pod[] }>(podsPath);
  return items.flatMap((pod) => {
    const { podIP } = pod.status;
    if (podIP === undefined) return [];
    const address = `${podIP}:8080`;
    const { name, namespace } = pod.metadata;
    return [{ address, labels: { instance: address, namespace, pod: name, node: nodeOf(pod) } }];
  });
}
