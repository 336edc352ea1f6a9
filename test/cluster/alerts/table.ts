import type { Fault } from "./faults.ts";
import type { Trial } from "./trial.ts";

export const tableHead = [
  "| fault | fired, after | over after healing | as it should |",
  "|---|---|---|---|",
];

export function tableRow(fault: Fault, trial: Trial): string {
  const alerts = [...trial.fired].map(([name, seconds]) => `${name} ${seconds.toFixed(0)} s`);
  const over = trial.over === undefined ? "not in time" : `${trial.over.toFixed(0)} s`;
  const cells = [fault.what, alerts.join(", ") || "nothing", over, isRight(fault, trial) ? "yes" : "NO"];
  return `| ${cells.join(" | ")} |`;
}

/** Whether what had to fire did, and all is over. */
export function isRight({ expects }: Fault, { fired, over }: Trial): boolean {
  if (over === undefined) return false;
  if (expects === "anything") return true;
  if (expects === "nothing") return fired.size === 0;
  return [...fired.keys()].some((name) => name.startsWith(expects));
}
