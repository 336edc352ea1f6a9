import type { Trial } from "./trial.ts";
import type { Sighting } from "./watch.ts";

export const tableHead = [
  "| fault | finding | confidence | seconds | what else opened | closed after healing |",
  "|---|---|---|---|---|---|",
];

export function tableRow(what: string, trial: Trial): string {
  const { hit, sightings, wrong, expected, closedSeconds } = trial;
  const others = sightings.filter((sighting) => sighting !== hit?.sighting).map(describe);
  const isQuiet = expected.must.length === 0;
  const cells = [
    what,
    hit?.name ?? (isQuiet ? "none, as it should be" : "**none that fits**"),
    hit?.confidence.toFixed(2) ?? "–",
    hit?.seconds.toFixed(0) ?? "–",
    [...others, ...(wrong.length > 0 ? [`wrong: **${wrong.join("; ")}**`] : [])].join("; ") || "–",
    closedSeconds === undefined ? "**still open**" : `${closedSeconds.toFixed(0)} s`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function describe({ first, names, openedSeconds, lastSeconds }: Sighting): string {
  const when = `${openedSeconds.toFixed(0)}–${lastSeconds.toFixed(0)} s`;
  return `${[...names].join(", later ")} (${first.confidence.toFixed(2)}, ${when})`;
}
