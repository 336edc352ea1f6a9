import { isTelling, type Verdict } from "./verdict.ts";
import type { Movement } from "./watch.ts";

export const tableHead = [
  "| fault | moved, on which nodes after how many seconds (how much) | should have moved, but did not | moved, but should not have |",
  "|---|---|---|---|",
];

/** Leaves out what moves at any time, and what the compatible counters say of the same failures. */
export function tableRow(
  what: string,
  movements: readonly Movement[],
  { missing, unexpected }: Verdict,
): string {
  const telling = movements.filter(isTelling).filter(({ reading }) => !reading.includes(" errors_total "));
  const cells = [what, listOf(telling), missing.join("; ") || "–", listOf(unexpected)];
  return `| ${cells.join(" | ")} |`;
}

/** One entry a reading, with all nodes on which it moved. */
function listOf(movements: readonly Movement[]): string {
  const byReading = Map.groupBy(movements, ({ reading }) => reading);
  const entries = [...byReading].map(([reading, all]) => {
    const nodes = all
      .toSorted((a, b) => a.node.localeCompare(b.node))
      .map(({ node, firstSeconds, by }) => `${node} ${Math.round(firstSeconds)} s (${numberOf(by)})`);
    return `${reading}: ${nodes.join(", ")}`;
  });
  return entries.join("; ") || "–";
}

function numberOf(by: number): string {
  return Number.isInteger(by) ? `${by}` : by.toFixed(2);
}
