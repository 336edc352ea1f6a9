import { badOf } from "../diagnosis/report.ts";
import type { CheckAnswer, MatrixAnswer, PairAnswer } from "../server/answers.ts";
import { counted, milliseconds, percent } from "./figures.ts";
import { headLines } from "./statusText.ts";
import { tableLines } from "./table.ts";

/** Of those that fail, where there is no room for all. */
const worstPairs = 20;

/** A grid of all nodes where it fits into `columns`, else one of the zones with the pairs that fail. */
export function matrixLines(answer: MatrixAnswer, columns: number): string[] {
  const { analysis, pairs, pairCount, zones } = answer;
  const head = [...headLines(analysis), ""];
  if (pairs.length === 0) return [...head, "Nobody reported a visit to another node in the last minute."];
  const grid = nodeGrid(pairs);
  if (pairs.length === pairCount && grid.every((line) => line.length <= columns)) {
    return [
      ...head,
      "Share of lost attempts in percent, from the node of the row to that of the column:",
      ...grid,
    ];
  }
  const bad = pairs.filter(({ loss }) => loss > 0);
  const rest = bad.length - worstPairs;
  return [
    ...head,
    `Share of lost attempts over ${counted(pairCount, "pair")}, by zones:`,
    ...tableLines([["FROM", "TO", "PAIRS", "LOSS"], ...zones.map(zoneRow)]),
    "",
    bad.length === 0 ? "No pair lost anything." : "The worst pairs:",
    ...(bad.length === 0 ? [] : pairTable(bad.slice(0, worstPairs))),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
  ];
}

/** Every pair on a line, with what each probe saw. */
export function widePairLines({ analysis, pairs, pairCount }: MatrixAnswer): string[] {
  const hidden = pairCount - pairs.length;
  return [...headLines(analysis), "", ...pairTable(pairs), ...(hidden > 0 ? [`… and ${hidden} more`] : [])];
}

function nodeGrid(pairs: readonly PairAnswer[]): string[] {
  const nodes = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))].sort(naturally);
  const cells = new Map(pairs.map(({ from, to, loss }) => [`${from} ${to}`, cellOf(loss)]));
  return tableLines([
    ["", "FROM \\ TO", ...nodes.map((_, index) => String(index + 1))],
    ...nodes.map((from, index) => [
      String(index + 1),
      from,
      ...nodes.map((to) => cells.get(`${from} ${to}`) ?? (from === to ? "-" : "")),
    ]),
  ]);
}

function cellOf(loss: number): string {
  if (loss === 0) return ".";
  return loss < 0.01 ? "<1" : String(Math.round(loss * 100));
}

const naturally = new Intl.Collator("en", { numeric: true }).compare;

function zoneRow({ from, to, pairs, loss }: MatrixAnswer["zones"][number]): string[] {
  return [from || "no zone", to || "no zone", String(pairs), percent(loss)];
}

function pairTable(pairs: readonly PairAnswer[]): string[] {
  const rows = pairs.map(({ from, to, loss, probes }) => [
    ...[from, to, percent(loss)],
    Object.entries(probes)
      .map(([probe, check]) => `${probe} ${shown(check)}`)
      .join(" · "),
  ]);
  return tableLines([["FROM", "TO", "LOSS", "CHECKS"], ...rows]);
}

function shown(check: CheckAnswer): string {
  const bad = badOf(check);
  const median = check.medianSeconds === undefined ? "" : ` ${milliseconds(check.medianSeconds)}`;
  return bad === 0 ? `ok${median}` : `${bad} of ${bad + check.good} failed${median}`;
}
