import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { installChart } from "./chartInstallation.ts";
import { openClusterApi } from "./clusterApi.ts";
import { faults, isSkipped } from "./readings/faults.ts";
import { tableHead, tableRow } from "./readings/table.ts";
import { isTelling, judge } from "./readings/verdict.ts";
import { type Watch, watchReadings } from "./readings/watch.ts";
import { settings } from "./settings.ts";
import { siteIn } from "./site.ts";
import { untilInterrupted } from "./untilInterrupted.ts";
import { say, waitFor } from "./waiting.ts";

const tableFile = join(tmpdir(), "fault-readings.md");
/** After so long without a movement a fault is over. */
const quietSeconds = 15;

await untilInterrupted((signal) => tryFaults(process.argv.slice(2), signal));

/** Tries the faults of these names, or all, and writes the table; resolves with whether each moved what it should and nothing else. */
async function tryFaults(names: readonly string[], signal: AbortSignal): Promise<boolean> {
  if (settings.nodeShell.length === 0) throw new Error("KUBENURSE_TEST_NODE_SHELL is not set");
  await using stack = new AsyncDisposableStack();
  stack.use(await installChart());
  const api = stack.use(await openClusterApi());
  const watch = stack.use(watchReadings(api));
  await quiet(watch);
  const table = [...tableHead];
  let allRight = true;
  for (const fault of faults.filter(({ name }) => names.length === 0 || names.includes(name))) {
    if (isSkipped(fault)) continue;
    say(`${fault.name}: ${fault.what}`);
    const site = await siteIn(api);
    watch.restart();
    {
      await using _ = await fault.inject(site);
      await pause(Math.max(0, fault.seconds - watch.seconds()) * 1000, undefined, { signal });
    }
    say(`  healed after ${watch.seconds().toFixed(0)} s`);
    await quiet(watch);
    signal.throwIfAborted();
    const movements = watch.movements();
    const verdict = judge(fault.expects(site), movements);
    allRight &&= verdict.missing.length + verdict.unexpected.length === 0;
    table.push(tableRow(fault.what, movements, verdict));
    say(table.at(-1) ?? "");
    await writeFile(tableFile, `${table.join("\n")}\n`);
  }
  say(["", ...table].join("\n"));
  return allRight;
}

/** Resolves when nothing has moved for a while. */
function quiet(watch: Watch): Promise<true> {
  const from = watch.seconds();
  return waitFor(`${quietSeconds} s without a movement`, 240, () => {
    const last = Math.max(
      from,
      ...watch
        .movements()
        .filter(isTelling)
        .map(({ lastSeconds }) => lastSeconds),
    );
    return watch.seconds() - last > quietSeconds || undefined;
  });
}
