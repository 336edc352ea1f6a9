import { componentName } from "../../src/diagnosis/finding.ts";
import { tryAgents } from "./agents.ts";
import { makeCluster } from "./cluster.ts";
import { measureCost } from "./cost.ts";
import { both, type Fault, faultKinds, smallClusterKinds } from "./faults.ts";
import { runQuietHours } from "./quiet.ts";
import { seeded } from "./random.ts";
import { type Outcome, runTrial } from "./trial.ts";

/**
 * How well the localiser names what is broken, on readings generated with the real mesh.
 * Usage: node bench/localisation/run.ts faults|pairs [NODES] [TRIALS] [PART OF A KIND], quiet [NODES] [HOURS] [SEED], cost [NODES],
 * agents NODES TRIALS [PART OF A KIND] with real agents on the embedded cluster, of which one process can run 12
 */
const [part = "faults", size = "100", count = "30", only = ""] = process.argv.slice(2);
const background = 1e-4;
const watchedSeconds = 75;
const mostInSmallClusters = 20;
const kinds = { ...faultKinds, ...(Number(size) > mostInSmallClusters ? {} : smallClusterKinds) };

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  faults: () => report(Object.keys(kinds).map((kind) => [kind])),
  pairs: () => report(pairsOfKinds()),
  agents: () => tryAgents(Number(size), Number(count), only, print),
  quiet() {
    const began = performance.now();
    const options = { hours: Number(count), background: 1e-3, random: seeded(Number(only || 1)) };
    const { findings, changes } = runQuietHours(Number(size), options);
    const seconds = Math.round((performance.now() - began) / 1000);
    print(`${count} simulated hours, ${size} nodes, loss 1e-3, ${changes} planned changes (${seconds} s):`);
    print(`${findings.length} false findings`);
    for (const { component, cause, openedAt, closed } of findings) {
      const end = closed === undefined ? "still open" : `open for ${Math.round(closed.at - openedAt)} s`;
      print(`  ${component.kind} ${componentName(component)} ${cause} at ${openedAt}, ${end}`);
    }
  },
  cost() {
    print("Milliseconds of CPU time, median (most):");
    print("| nodes | state | reports of 5 s | analysis of 10 s | with 60 and 300 s |");
    print("|---|---|---|---|---|");
    for (const kind of [undefined, "node down", "zones cut from each other"]) {
      const { accepting, analysis, allWindows } = measureCost(Number(size), kind, seeded(1));
      const cells = [accepting, analysis, allWindows].map(medianAndMost);
      print(`| ${[size, kind ?? "well", ...cells].join(" | ")} |`);
    }
  },
};
await parts[part]?.();

/** Each kind with the next and with one farther on, so that all meet others. */
function pairsOfKinds(): readonly (readonly string[])[] {
  const names = Object.keys(kinds);
  return names.map((kind, index) => [kind, names[(index + 7) % names.length] ?? kind]);
}

function report(all: readonly (readonly string[])[]): void {
  print(`${size} nodes, ${count} trials each, background loss ${background}`);
  print(
    "| fault | precision | recall | exact | right cause | seconds: median, 95 %, most | threshold rule: precision, recall, exact |",
  );
  print("|---|---|---|---|---|---|---|");
  const every: { localiser: Outcome; threshold: Outcome }[] = [];
  for (const names of all.filter((some) => some.join(" + ").includes(only))) {
    const outcomes = Array.from({ length: Number(count) }, (_, trial) => tryOnce(names, trial));
    every.push(...outcomes);
    print(row(names.join(" + "), outcomes));
  }
  print(row("all", every));
}

function tryOnce(names: readonly string[], trial: number) {
  const random = seeded(7919 * trial + 31 * names.join().length + Number(size));
  const cluster = makeCluster(Number(size), random);
  const [first, second] = names.flatMap((kind): Fault[] => {
    const make = kinds[kind];
    return make === undefined ? [] : [make(cluster, random)];
  });
  if (first === undefined) throw new Error(`no such fault: ${names}`);
  const fault = second === undefined ? first : both(first, second);
  const outcomes = runTrial(cluster, fault, { background, seconds: watchedSeconds, random });
  const { found, parts: sought, right, wrong, rightCauses, named } = outcomes.localiser;
  if (found < sought || wrong > 0 || rightCauses < right) {
    print(
      `  not all right in trial ${trial}: sought ${JSON.stringify(fault.truth)}, named ${named.join(", ")}`,
    );
  }
  return outcomes;
}

function row(name: string, outcomes: readonly { localiser: Outcome; threshold: Outcome }[]): string {
  const localisers = outcomes.map((one) => one.localiser);
  const localiser = figures(localisers);
  const threshold = figures(outcomes.map((one) => one.threshold));
  const times = outcomes.flatMap((one) => one.localiser.seconds ?? []).sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  const shown = [at(0.5), at(0.95), times.at(-1)].map((seconds) => seconds?.toFixed(1) ?? "–").join(", ");
  const [rightCauses, right] = [sumOf(localisers, "rightCauses"), sumOf(localisers, "right")];
  const cells = [name, ...localiser, percent(rightCauses, right), shown, threshold.join(", ")];
  return `| ${cells.join(" | ")} |`;
}

function figures(outcomes: readonly Outcome[]): readonly string[] {
  const right = sumOf(outcomes, "right");
  const exact = outcomes.filter(({ wrong, found, parts }) => wrong === 0 && found === parts).length;
  return [
    percent(right, right + sumOf(outcomes, "wrong")),
    percent(sumOf(outcomes, "found"), sumOf(outcomes, "parts")),
    percent(exact, outcomes.length),
  ];
}

function sumOf(outcomes: readonly Outcome[], figure: "right" | "wrong" | "rightCauses" | "found" | "parts") {
  return outcomes.reduce((total, one) => total + one[figure], 0);
}

function percent(value: number, of: number): string {
  return of === 0 ? "–" : `${((100 * value) / of).toFixed(1)} %`;
}

function medianAndMost(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [median, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return `${median?.toFixed(0)} (${most?.toFixed(0)}) ms`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
