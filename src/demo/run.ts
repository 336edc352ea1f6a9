import { type DemoCluster, startDemoCluster } from "./cluster.ts";
import { findRunningDemo } from "./control/client.ts";
import { startControl } from "./control/server.ts";
import { readKeys } from "./keys.ts";
import { pictureOf } from "./pictureOf.ts";
import { checkAddresses, PreflightError } from "./preflight.ts";
import { keyHints, togglePreset } from "./presets.ts";
import { writeLines } from "./table/lines.ts";
import { showOnScreen } from "./table/screen.ts";
import type { Picture } from "./table/table.ts";

export interface DemoOptions {
  readonly nodes: number;
  /** As in KUBENURSE_CHECK_INTERVAL. */
  readonly interval: string;
  readonly intervalSeconds: number;
  /** Absent means until it is told to end. */
  readonly durationSeconds?: number;
  /** All addresses are below 127.<network>. */
  readonly network: number;
}

const zones = 3;
/** One process has to run all agents. */
export const mostNodesWithLayers = 16;
const patienceSeconds = 2;

/**
 * Runs a cluster and shows it until `q` or a signal comes or the duration is over; leaves nothing behind.
 * @throws PreflightError where it can't start.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const running = await findRunningDemo();
  if (running !== undefined) {
    throw new PreflightError(
      `a demo runs already (process ${running.pid}): end it with Ctrl-C there, or see \`demo status\``,
    );
  }
  await checkAddresses(options.network, options.nodes, zones);
  const ended = Promise.withResolvers<void>();
  await using stack = new AsyncDisposableStack();
  stack.use(onSignals(ended.resolve));
  const cluster = stack.use(await startWithProgress(options));
  const picture = () =>
    pictureOf(cluster, titleOf(cluster, options.interval), process.stdin.isTTY ? keyHints : []);
  stack.use(await startControl(cluster, picture));

  using shown = new DisposableStack();
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const onKey = (key: string) => {
      if (key === "q") ended.resolve();
      else if (key === "h") cluster.faults.heal();
      else togglePreset(key, cluster.faults);
    };
    shown.use(readKeys(process.stdin, onKey));
  }
  shown.use(show(picture, options.intervalSeconds));
  if (options.durationSeconds !== undefined) {
    const timer = setTimeout(ended.resolve, options.durationSeconds * 1000);
    stack.defer(() => clearTimeout(timer));
  }
  await ended.promise;
}

/** Ends at the first signal, or when nobody reads any more; a second signal does what it does by default and ends the process at once. */
function onSignals(end: () => void): Disposable {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, end);
  process.stdout.on("error", end);
  return {
    [Symbol.dispose]() {
      process.stdout.off("error", end);
      for (const signal of signals) process.off(signal, end);
    },
  };
}

async function startWithProgress({ nodes, interval, network }: DemoOptions): Promise<DemoCluster> {
  let started = 0;
  const tell = () => process.stderr.write(`starting: ${started} of ${nodes} agents run\n`);
  const progress = setInterval(tell, patienceSeconds * 1000);
  try {
    return await startDemoCluster({
      ...{ nodes, zones, network, layers: nodes <= mostNodesWithLayers },
      environment: { KUBENURSE_CHECK_INTERVAL: interval },
      onProgress: (count) => {
        started = count;
      },
    });
  } finally {
    clearInterval(progress);
  }
}

function titleOf(cluster: DemoCluster, interval: string): string {
  const nodes = cluster.nodes().length;
  const restriction = nodes > mostNodesWithLayers ? ", layers not checked" : "";
  return `kubenurse demo: ${nodes} nodes in ${zones} zones, each target checked every ${interval}${restriction}`;
}

function show(picture: () => Picture, intervalSeconds: number): Disposable {
  const { stdout } = process;
  if (stdout.isTTY) return showOnScreen(picture, stdout, !process.env.NO_COLOR);
  return writeLines(picture, intervalSeconds, (line) => stdout.write(`${line}\n`));
}
