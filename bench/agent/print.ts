import type { Usage } from "./measuredProcess.ts";
import type { SelfTime } from "./profile.ts";
import type { Traffic } from "./traffic.ts";

/** What was known of a process at one moment. */
export interface Look {
  /** Seconds of any clock. */
  readonly at: number;
  readonly usage: Usage;
  readonly traffic: Traffic | undefined;
}

interface Figures {
  readonly name: string;
  /** At the end; `failures` are those of all attempts. */
  readonly metrics: { readonly series: number; readonly failures: number } | undefined;
  /** In MiB, of one look a second. */
  readonly anonymousPeak: number;
  readonly before: Look | undefined;
  readonly after: Look | undefined;
}

export function printFigures(title: string, all: readonly Figures[]): void {
  out(title);
  out(
    "| process | CPU of a core (user, system) | resident (peak) | anonymous (peak) | connections opened, accepted per s | datagrams per s | bytes per s | collections a minute (young, old): time | series | failures |",
  );
  out("|---|---|---|---|---|---|---|---|---|---|");
  for (const { name, metrics, anonymousPeak, before, after } of all) {
    if (before === undefined || after === undefined) continue;
    const { resident, residentPeak, anonymous } = after.usage;
    const share = (read: (usage: Usage) => number) =>
      ((read(after.usage) - read(before.usage)) / (after.at - before.at)) * 100;
    const [user, system] = [share((usage) => usage.userSeconds), share((usage) => usage.systemSeconds)];
    const cells = [
      name,
      `${(user + system).toFixed(2)} % (${user.toFixed(2)}, ${system.toFixed(2)})`,
      `${resident.toFixed(1)} (${residentPeak.toFixed(1)}) MiB`,
      `${anonymous.toFixed(1)} (${Math.max(anonymous, anonymousPeak).toFixed(1)}) MiB`,
      ...rates(before.traffic, after.traffic),
      String(metrics?.series),
      String(metrics?.failures),
    ];
    out(`| ${cells.join(" | ")} |`);
  }
}

function rates(before: Traffic | undefined, after: Traffic | undefined): string[] {
  if (before === undefined || after === undefined) return ["", "", "", ""];
  const rate = (read: (traffic: Traffic) => number) => (read(after) - read(before)) / (after.at - before.at);
  const [young, old, collecting] = [
    rate((traffic) => traffic.young),
    rate((traffic) => traffic.old),
    rate(({ gcSeconds }) => gcSeconds),
  ];
  const connections = [rate(({ opened }) => opened), rate(({ accepted }) => accepted)];
  return [
    connections.map((one) => one.toFixed(1)).join(", "),
    rate(({ datagrams }) => datagrams).toFixed(1),
    `${(rate(({ tcpBytes, udpBytes }) => tcpBytes + udpBytes) / 1e3).toFixed(1)} kB`,
    `${((young + old) * 60).toFixed(0)} (${(young * 60).toFixed(0)}, ${(old * 60).toFixed(1)}): ${(collecting * 100).toFixed(2)} %`,
  ];
}

export function printProfile(top: readonly SelfTime[]): void {
  out("\n| self time, of what is not idle | function |");
  out("|---|---|");
  for (const { name, share } of top) out(`| ${(share * 100).toFixed(1)} % | \`${name}\` |`);
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}
