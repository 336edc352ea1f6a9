import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startDemoCluster } from "./cluster.ts";
import { startControl } from "./control/server.ts";
import { pictureOf } from "./pictureOf.ts";
import { checkAddresses } from "./preflight.ts";
import { type Prometheus, startPrometheus } from "./prometheus.ts";
import { prometheusTargets } from "./prometheusTargets.ts";

const cluster = { nodes: 8, zones: 3, network: 0 };
const prometheusPort = 9090;
const scrapeSeconds = 15;
const lookSeconds = 2;

const rulesFile = fileURLToPath(new URL("../../chart/files/rules.yaml", import.meta.url));

/**
 * Runs a cluster with a real Prometheus beside it that has the rules loaded, and prints each change of an alert until `signal`
 * is aborted; leaves nothing behind.
 * @throws PreflightError where it can't start.
 */
export async function runPrometheusDemo(print: (line: string) => void, signal: AbortSignal): Promise<void> {
  await checkAddresses(cluster.network, cluster.nodes, cluster.zones);
  await using stack = new AsyncDisposableStack();
  const demo = stack.use(await startDemoCluster(cluster));
  stack.use(await startControl(demo, () => pictureOf(demo, "kubenurse demo with Prometheus")));
  const targets = () => prometheusTargets(demo);
  const prometheus = stack.use(
    await startPrometheus({ targets, rulesFile, scrapeSeconds, port: prometheusPort }),
  );
  print(`Prometheus with kubenurse's rules scrapes ${cluster.nodes} agents: ${prometheus.url}/alerts`);
  print("Break a link from another terminal, and the alerts come within two minutes:");
  print("  npm start -- fault black-hole node-1 node-2");
  print("  npm start -- fault ingress-502");
  print("  npm start -- heal");
  await followAlerts(prometheus, print, signal);
}

async function followAlerts(prometheus: Prometheus, print: (line: string) => void, signal: AbortSignal) {
  let known = new Map<string, string>();
  while (!signal.aborted) {
    const alerts = await prometheus.query("ALERTS");
    const now = new Map(alerts.map(({ metric }) => [nameOf(metric), metric.alertstate ?? ""]));
    for (const [name, state] of now) if (known.get(name) !== state) print(`${name}: ${state}`);
    for (const name of known.keys()) if (!now.has(name)) print(`${name}: over`);
    known = now;
    await pause(lookSeconds * 1000, undefined, { signal }).catch(() => {});
  }
}

function nameOf({ alertname, node, zone, check }: Readonly<Record<string, string>>): string {
  return [alertname, node, zone, check].filter((part) => part !== undefined).join(" ");
}
