import { appendFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { installChart } from "./chartInstallation.ts";
import { openClusterApi } from "./clusterApi.ts";
import { churn } from "./findings/churn.ts";
import { expectedFindings } from "./findings/expectations.ts";
import { cutLeader, replacedLeader } from "./findings/failover.ts";
import { faults } from "./findings/faults.ts";
import { tableHead, tableRow } from "./findings/table.ts";
import { tryFault } from "./findings/trial.ts";
import { type FindingsWatch, watchFindings } from "./findings/watch.ts";
import { isSkipped } from "./readings/faults.ts";
import { settings } from "./settings.ts";
import { siteIn } from "./site.ts";
import { untilInterrupted } from "./untilInterrupted.ts";
import { say, waitFor } from "./waiting.ts";

const tableFile = join(tmpdir(), "fault-findings.md");
/** Every finding of every trial with its evidence, one a line. */
const findingsFile = join(tmpdir(), "fault-findings.jsonl");

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    "churn-minutes": { type: "string", default: "30" },
  },
});
const rounds = Number(values.rounds);
const churnMinutes = Number(values["churn-minutes"]);
await untilInterrupted(tryFaults);

/** Tries the faults of these names, or all, then churn; writes the table, and resolves with whether each finding was right. */
async function tryFaults(signal: AbortSignal): Promise<boolean> {
  if (settings.nodeShell.length === 0) throw new Error("KUBENURSE_TEST_NODE_SHELL is not set");
  await using stack = new AsyncDisposableStack();
  stack.use(await installChart());
  const api = stack.use(await openClusterApi());
  const watch = stack.use(watchFindings(api));
  await waitFor("a leader that answers", 60, () => watch.open() && true);
  const table = [...tableHead];
  const tell = async (row: string) => {
    table.push(row);
    say(row);
    await writeFile(tableFile, `${table.join("\n")}\n`);
  };
  let allRight = true;
  const chosen = names.flatMap((name) => faults.filter((fault) => fault.name === name));
  for (let round = 1; round <= rounds; round += 1) {
    for (const fault of names.length === 0 ? faults : chosen) {
      const expects = expectedFindings[fault.name];
      if (expects === undefined || isSkipped(fault)) continue;
      say(`${fault.name}, round ${round}: ${fault.what}`);
      const site = await siteIn(api);
      const trial = await tryFault(fault, site, expects(site), watch, signal);
      const isMissed = trial.expected.must.length > 0 && trial.hit === undefined;
      allRight &&= !isMissed && trial.wrong.length === 0;
      await keep(fault.name, trial.sightings);
      await tell(tableRow(fault.what, trial));
    }
  }
  const cut = faults.find(({ name }) => name === "node");
  if (cut !== undefined && (names.length === 0 || names.includes("leader"))) {
    for (const attempt of [replacedLeader, cutLeader]) {
      const { isRight, told } = await attempt(cut, api, watch, signal);
      allRight &&= isRight;
      await tell(`\n${told}`);
      await waitFor("no finding", 300, () => watch.open()?.length === 0 || undefined);
    }
  }
  if (churnMinutes > 0) {
    const opened = await churn(api, watch, churnMinutes * 60, signal);
    await keep("churn", watch.sightings());
    allRight &&= opened.length === 0;
    await tell(`\n${churnMinutes} minutes of churn opened ${opened.join("; ") || "nothing"}.`);
  }
  return allRight;
}

async function keep(fault: string, sightings: ReturnType<FindingsWatch["sightings"]>) {
  for (const sighting of sightings)
    await appendFile(findingsFile, `${JSON.stringify({ fault, ...sighting, names: [...sighting.names] })}\n`);
}
