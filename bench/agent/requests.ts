import { get } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** Seconds from one to the next of what every agent gets besides the checks of its peers. */
const periods = { "/metrics": 15, "/ready": 10 };
/** As ten neighbours send them. */
const happyPeriod = 0.5;

/** Asks as Prometheus and the kubelet do until `signal` is aborted. */
export function askAgain(address: string, signal: AbortSignal): void {
  for (const [path, period] of Object.entries(periods)) void repeat(address, path, period, signal);
}

/** Asks as ten neighbours do. */
export function askAsNeighbours(address: string, signal: AbortSignal): void {
  void repeat(address, "/alwayshappy", happyPeriod, signal);
}

/** The body of the answer, over a connection of its own. */
export function ask(host: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host, port: 8080, path, agent: false }, (response) => resolve(text(response))).on("error", reject);
  });
}

/** Resolves when there is an answer, whatever it is. */
export async function untilAnswered(address: string): Promise<void> {
  while ((await ask(address, "/ready").catch(() => undefined)) === undefined) await sleep(100);
}

/** `failures` are those of all checks since the start. */
export async function readMetrics(address: string): Promise<{ series: number; failures: number }> {
  const lines = (await ask(address, "/metrics")).split("\n");
  const samples = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const failures = samples.filter((line) => line.startsWith("kubenurse_probe_failures_total{"));
  return {
    series: samples.length,
    failures: failures.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0),
  };
}

async function repeat(address: string, path: string, period: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A late answer is the machine's trouble, and is seen in the agents' failures.
    await ask(address, path).catch(() => {});
    await sleep(period * 1000, undefined, { signal }).catch(() => {});
  }
}
