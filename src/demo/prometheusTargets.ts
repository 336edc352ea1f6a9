import { ports } from "./addresses.ts";
import type { DemoCluster } from "./cluster.ts";
import { namespace } from "./pod.ts";
import type { ScrapeTarget } from "./prometheus.ts";

/** A port at which nothing listens: this is what a scrape finds that gets no answer. */
const nowhere = "127.0.0.1:1";

/** The cluster's agents with the labels that the chart's monitors give them. */
export function prometheusTargets(cluster: DemoCluster): ScrapeTarget[] {
  return cluster.nodes().flatMap(({ name, address, podName, state }) => {
    if (state === "empty") return [];
    const instance = `${address}:${ports.agent}`;
    // A frozen node's sockets are those of this process, which is not frozen.
    const reached = state === "frozen" ? nowhere : instance;
    return [{ address: reached, labels: { instance, namespace, pod: podName, node: name } }];
  });
}
