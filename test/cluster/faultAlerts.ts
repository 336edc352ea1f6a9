import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type Prometheus, startPrometheus } from "../../src/demo/prometheus.ts";
import { chart } from "../chart/helm.ts";
import { activeAlerts } from "./alerts/activeAlerts.ts";
import { type Fault, faults } from "./alerts/faults.ts";
import { followScrapedAgents } from "./alerts/scrapedAgents.ts";
import { isRight, tableHead, tableRow } from "./alerts/table.ts";
import { tryFault } from "./alerts/trial.ts";
import { installChart } from "./chartInstallation.ts";
import { type ClusterApi, openClusterApi } from "./clusterApi.ts";
import { agentsByNode, nodeOf } from "./pods.ts";
import { settings } from "./settings.ts";
import { untilInterrupted } from "./untilInterrupted.ts";
import { say, waitFor } from "./waiting.ts";

const rulesFile = join(chart, "files/rules.yaml");
const healthySeconds = 180;
const tableFile = join(tmpdir(), "fault-alerts.md");

await untilInterrupted((signal) => tryFaults(process.argv.slice(2), signal));

/** Tries the faults of these names, or all, and writes the table; resolves with whether each was told as it should be. */
async function tryFaults(names: readonly string[], signal: AbortSignal): Promise<boolean> {
  await using stack = new AsyncDisposableStack();
  stack.use(await installChart());
  const api = stack.use(await openClusterApi());
  const { targets } = stack.use(followScrapedAgents(api));
  const prometheus = stack.use(await startPrometheus({ targets, rulesFile, scrapeSeconds: 15 }));
  await everyAgentIsUp(prometheus, api);
  await staysQuiet(prometheus, signal);
  const table = [...tableHead];
  let allRight = true;
  for (const fault of faults.filter(({ name }) => names.length === 0 || names.includes(name))) {
    if (isSkipped(fault)) continue;
    say(`${fault.name}: ${fault.what}`);
    const trial = await tryFault(fault, prometheus, await agentsByNode(api), signal);
    allRight &&= isRight(fault, trial);
    table.push(tableRow(fault, trial));
    say(table.at(-1) ?? "");
    await writeFile(tableFile, `${table.join("\n")}\n`);
  }
  say(["", ...table].join("\n"));
  return allRight;
}

async function everyAgentIsUp(prometheus: Prometheus, api: ClusterApi) {
  const nodes = (await agentsByNode(api)).map(nodeOf);
  const expected = nodes.map((node) => `${node} 1`);
  await waitFor(`targets that are up on ${nodes.join(", ")}`, 90, async () => {
    const up = (await prometheus.query("up")).map(({ metric, value }) => `${metric.node} ${value[1]}`);
    return isDeepStrictEqual(up.sort(), expected) || undefined;
  });
  say(`all targets are up: ${nodes.join(", ")}`);
}

/** @throws where an alert fires. */
async function staysQuiet(prometheus: Prometheus, signal: AbortSignal) {
  say(`no fault for ${healthySeconds} s`);
  for (let second = 0; second < healthySeconds; second += 2) {
    const firing = (await activeAlerts(prometheus)).filter(({ state }) => state === "firing");
    if (firing.length > 0) throw new Error(`nothing is broken, but: ${JSON.stringify(firing)}`);
    await pause(2000, undefined, { signal });
  }
}

function isSkipped({ name, needs }: Fault): boolean {
  const skipped = needs !== undefined && settings[needs].length === 0;
  if (skipped) say(`${name} is skipped; docs/kubernetes.md tells what it needs`);
  return skipped;
}
