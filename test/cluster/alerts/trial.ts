import { setTimeout as pause } from "node:timers/promises";
import type { Prometheus } from "../../../src/demo/prometheus.ts";
import type { Pod } from "../pods.ts";
import { type Alert, activeAlerts } from "./activeAlerts.ts";
import type { Fault } from "./faults.ts";

/** What Prometheus made of a fault. */
export interface Trial {
  /** By alert and labels, in the order in which they began to fire: after how many seconds of the fault. */
  readonly fired: ReadonlyMap<string, number>;
  /** Seconds from healing until no alert was left; absent where some were left for too long. */
  readonly over?: number;
}

/** The longest window of a rule that fires within minutes has 5 minutes. */
const resolveSeconds = 360;
const lookSeconds = 2;

/** Watches the alerts while a fault is there, and after it until all are gone. @throws where `signal` is aborted; the fault is healed then. */
export async function tryFault(
  { seconds: [least, most], expects, inject }: Fault,
  prometheus: Prometheus,
  agents: readonly Pod[],
  signal: AbortSignal,
): Promise<Trial> {
  const [first, second, third] = agents;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("three nodes, please");
  const fired = new Map<string, number>();
  const sinceFault = stopwatch();
  const look = async (): Promise<readonly Alert[]> => {
    const alerts = await activeAlerts(prometheus);
    for (const { labels, state } of alerts) {
      const name = nameOf(labels);
      if (state === "firing" && !fired.has(name)) fired.set(name, sinceFault());
    }
    return alerts;
  };
  {
    await using _ = await inject(first, second, third);
    const enough = () => {
      const raised = isQuiet(expects) || [...fired.keys()].some((name) => name.startsWith(expects));
      return sinceFault() >= (raised ? least : most);
    };
    while (!enough()) {
      await look();
      await pause(lookSeconds * 1000, undefined, { signal });
    }
  }
  const sinceHealing = stopwatch();
  while (sinceHealing() < resolveSeconds) {
    if ((await look()).length === 0) return { fired, over: sinceHealing() };
    await pause(lookSeconds * 1000, undefined, { signal });
  }
  return { fired };
}

function isQuiet(expects: string): boolean {
  return expects === "nothing" || expects === "anything";
}

function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

function nameOf({ alertname = "", node, check, why }: Alert["labels"]): string {
  return [alertname, ...[node, check, why].filter((label) => label !== undefined)].join(" ");
}
