import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type DemoCluster, startDemoCluster } from "../../src/demo/cluster.ts";
import { type Prometheus, startPrometheus } from "../../src/demo/prometheus.ts";
import { prometheusTargets } from "../../src/demo/prometheusTargets.ts";
import { panelQueries } from "./panels.ts";
import { has, rulesFile } from "./promtool.ts";

interface Watched {
  readonly cluster: DemoCluster;
  readonly prometheus: Prometheus;
}

const nodes = 6;
const scrapeSeconds = 15;
const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());

async function startWatched(): Promise<Watched> {
  const cluster = stack.use(await startDemoCluster({ nodes }));
  const targets = () => prometheusTargets(cluster);
  return { cluster, prometheus: stack.use(await startPrometheus({ targets, rulesFile, scrapeSeconds })) };
}

/** Everything that fired so far, as `NAME` or `NAME node`. */
async function fired({ prometheus }: Watched): Promise<string[]> {
  const alerts = await prometheus.query(
    'group by (alertname, node) (last_over_time(ALERTS{alertstate="firing"}[1h]))',
  );
  return alerts.map(({ metric }) => [metric.alertname, metric.node].filter(Boolean).join(" ")).sort();
}

async function annotations({ url }: Prometheus): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/alerts`);
  const { data } = (await response.json()) as { data: { alerts: { annotations: Record<string, string> }[] } };
  return data.alerts.flatMap(({ annotations }) => Object.values(annotations));
}

/** Panels that need what the demo's agents lack: a process of their own, a CPU limit. */
const needsMore = ["Agent: memory", "Agent: throttled"];

const ready = ({ prometheus }: Watched) =>
  vi.waitFor(
    async () => expect(await prometheus.query("node:kubenurse_observers:count == 5")).toHaveLength(nodes),
    { timeout: 120_000, interval: 1000 },
  );

describe.skipIf(!has("prometheus"))("with a real Prometheus", () => {
  describe.concurrent("which scrapes", () => {
    test("a healthy cluster for 3 minutes with two rollouts, no alert fires", {
      timeout: 400_000,
    }, async () => {
      const watched = await startWatched();
      const { cluster, prometheus } = watched;
      const pods = () => cluster.nodes().map(({ podName }) => podName);
      const before = pods();
      const end = pause(180_000);
      await ready(watched);
      await cluster.rolloutRestart();
      await pause(45_000);
      await cluster.rolloutRestart();
      await end;
      expect(pods().filter((pod) => before.includes(pod))).toEqual([]);
      expect(await prometheus.query("node_check:kubenurse_failures:ratio2m")).toHaveLength(5 * nodes);
      expect(await fired(watched)).toEqual([]);
    });

    test("a broken cluster, the right alerts fire, and every panel has data", {
      timeout: 400_000,
    }, async () => {
      const watched = await startWatched();
      const { cluster, prometheus } = watched;
      await ready(watched);
      cluster.faults.add({ kind: "black-hole", from: "node-1", to: "node-2" });
      cluster.faults.add({ kind: "ingress-502" });
      cluster.faults.add({ kind: "freeze", node: "node-6" });
      const expected = [
        "KubenurseFinding",
        "KubenurseFinding node-6",
        "KubenurseNodePartlyUnreachable node-1",
        "KubenurseNodePartlyUnreachable node-2",
      ];
      await vi.waitFor(async () => expect(await fired(watched)).toEqual(expected), {
        timeout: 180_000,
        interval: 1000,
      });
      for (const text of await annotations(prometheus)) expect(text).not.toMatch(/no value|template|error/i);

      const variables = { node: "node-1", type: "me_ingress", __rate_interval: "1m" };
      const queries = panelQueries(variables).filter(({ panel }) => !needsMore.includes(panel));
      const empty: string[] = [];
      for (const { dashboard, panel, expression } of queries) {
        const results = await prometheus.query(expression);
        if (results.length === 0) empty.push(`${dashboard}: ${panel}: ${expression}`);
      }
      expect(queries.length).toBeGreaterThan(40);
      expect(empty).toEqual([]);
    });
  });
});
