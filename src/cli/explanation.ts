import type { Component, ExplainedFailure, Finding } from "../diagnosis/finding.ts";
import { badOf } from "../diagnosis/report.ts";
import { age, counted, percent, time } from "./figures.ts";
import { nameOf } from "./statusText.ts";
import { tableLines, wrapped } from "./table.ts";
import { checkName } from "./targetName.ts";

/** All that is known of one finding, in lines of at most `columns` where words allow it. */
export function explanationLines(finding: Finding, columns: number, now: number): string[] {
  const { summary, evidence, checkNext, cause } = finding;
  const { explained, explainedCount } = evidence;
  const hidden = explainedCount - explained.length;
  return [
    `${finding.id}  ${nameOf(finding)}: ${cause}`,
    ...wrapped(summary, columns),
    "",
    ...tableLines(factsOf(finding, now)).flatMap((line) => wrapped(line, columns, " ".repeat(factIndent))),
    ...(explained.length > 0
      ? ["", `It explains ${counted(explainedCount, "failing check")}:`, ...failureTable(explained)]
      : []),
    ...(hidden > 0 ? [`… and ${hidden} more`] : []),
    ...(checkNext.length > 0 ? ["", "Look next at:"] : []),
    ...checkNext.flatMap((step, index) => wrapped(`${index + 1}. ${step}`, columns, "   ")),
    "",
    `Runbook: docs/runbooks/KubenurseFinding.md#${cause}`,
  ];
}

/** The width of the longest name of a fact, and two. */
const factIndent = "Or component".length + 2;

function factsOf(finding: Finding, now: number): string[][] {
  const { openedAt, closed, confidence, fewReporters, layer, otherCauses, otherComponents, evidence } =
    finding;
  const { loss, bad, probes, windowSeconds, reporters, reporterCount } = evidence;
  const others = reporterCount - reporters.length;
  const sure = fewReporters ? `${percent(confidence)}, by two nodes alone` : percent(confidence);
  return [
    closed === undefined
      ? ["Open", `for ${age(now - openedAt)}, since ${time(openedAt)}`]
      : ["Closed", `${age(now - closed.at)} ago, after ${age(closed.at - openedAt)}: ${closed.why}`],
    ["Confidence", sure],
    ["Loss", `${percent(loss)}: ${bad} of ${counted(probes, "attempt")} failed in ${windowSeconds} s`],
    ["Seen by", reporters.join(", ") + (others > 0 ? ` and ${counted(others, "other")}` : "")],
    ...(layer === "any" ? [] : [["Only", layerNames[layer]]]),
    ...(otherCauses.length > 0 ? [["Or cause", otherCauses.join(", ")]] : []),
    ...(otherComponents.length > 0
      ? [["Or component", otherComponents.map((component: Component) => nameOf({ component })).join(", ")]]
      : []),
  ];
}

const layerNames: Readonly<Record<Exclude<Finding["layer"], "any">, string>> = {
  pod: "what goes to pods",
  large: "large messages",
  udp: "UDP",
  dns_udp: "DNS over UDP",
  dns_tcp: "DNS over TCP",
  kept_port: "UDP from a port that is kept",
};

function failureTable(failures: readonly ExplainedFailure[]): string[] {
  const rows = failures.map((failure) => [
    `  ${failure.node}`,
    checkName(failure),
    `${badOf(failure)} of ${badOf(failure) + failure.good}`,
    Object.keys(failure.bad).join(", "),
  ]);
  return tableLines([["  NODE", "CHECK", "FAILED", "REASON"], ...rows]);
}
