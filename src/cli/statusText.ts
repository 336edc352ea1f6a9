import { componentName, type Finding } from "../diagnosis/finding.ts";
import type { AnalysisAnswer, FindingsAnswer } from "../server/answers.ts";
import { age, counted, percent } from "./figures.ts";
import { tableLines } from "./table.ts";
import { verdictOf } from "./verdict.ts";

/** How much of each finding is shown. */
export type Detail = "table" | "wide";

/** Whether all is well, says who, and the open findings. */
export function statusLines(
  { analysis, open, closed }: FindingsAnswer,
  detail: Detail,
  now: number,
): string[] {
  const [last] = closed;
  const before =
    last?.closed === undefined
      ? []
      : [`The last one was ${nameOf(last)}, closed ${age(now - last.closed.at)} ago: ${last.id}.`];
  return [
    ...headLines(analysis),
    ...(open.length > 0 ? ["", ...findingTable(open, detail, now)] : before),
    ...(open.length > 0 ? ["", `More: explain ${open[0]?.id}`] : []),
  ];
}

/** Open findings, and then those that are over. */
export function findingsLines(
  { analysis, open, closed }: FindingsAnswer,
  detail: Detail,
  now: number,
): string[] {
  return [
    ...headLines(analysis),
    ...(open.length > 0 ? ["", ...findingTable(open, detail, now)] : []),
    ...(closed.length > 0 ? ["", "Recently:", ...closedTable(closed, now)] : []),
  ];
}

/** The verdict, and whose it is. */
export function headLines(analysis: AnalysisAnswer): string[] {
  const { source, why, pod, node, ageSeconds, reporters, agents, openFindings } = analysis;
  const verdict = verdictOf(analysis);
  const who = node === undefined ? pod : `${pod} on ${node}`;
  const when = ageSeconds === undefined ? "" : `, ${age(ageSeconds)} ago`;
  const heard =
    agents === undefined ? counted(reporters, "agent") : `${reporters} of ${counted(agents, "agent")}`;
  const first =
    verdict.state === "unknown"
      ? `Can't tell: ${verdict.why}.`
      : verdict.state === "healthy"
        ? "Healthy: no finding is open."
        : `${counted(openFindings, "finding")} open.`;
  const second =
    source === "leader"
      ? `Analysed by ${who}${when}, from the reports of ${heard}.`
      : `This is the view of ${who} alone${when}${verdict.state === "unknown" ? "" : `: ${why}`}.`;
  return [first, second, ...silentLines(analysis)];
}

/** Of an agent that is not heard nobody knows what it sees: it is down or cut off, or its clock is wrong by seconds. */
function silentLines({
  source,
  silent = [],
  clockOffsets = {},
  reporters,
  agents = 0,
}: AnalysisAnswer): string[] {
  if (silent.length === 0 || source === "own") return [];
  const names = silent.slice(0, mostNamed).map((node) => `${node}${clockText(clockOffsets[node])}`);
  const others = Math.max(silent.length, agents - reporters) - mostNamed;
  return [`Silent: ${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}.`];
}

function clockText(offset: number | undefined): string {
  if (offset === undefined) return "";
  return ` (its clock is ${age(Math.abs(offset))} ${offset > 0 ? "ahead of" : "behind"} the leader's)`;
}

const mostNamed = 5;

export function nameOf({ component }: Pick<Finding, "component">): string {
  const name = componentName(component);
  return name === component.kind ? name : `${component.kind} ${name}`;
}

function findingTable(findings: readonly Finding[], detail: Detail, now: number): string[] {
  const head = ["ID", "SINCE", "COMPONENT", "CAUSE", "CONFIDENCE"];
  const more = detail === "wide" ? ["LAYER", "LOSS", "FAILED", "SEEN BY"] : [];
  const rows = findings.map((finding) => {
    const { id, openedAt, cause, otherCauses, confidence, layer, evidence, summary } = finding;
    const { loss, bad, probes, reporterCount } = evidence;
    return [
      ...[
        id,
        age(now - openedAt),
        nameOf(finding),
        [cause, ...otherCauses].join(" or "),
        percent(confidence),
      ],
      ...(detail === "wide"
        ? [layer, percent(loss), `${bad} of ${probes}`, counted(reporterCount, "node")]
        : []),
      summary,
    ];
  });
  return tableLines([[...head, ...more, "WHAT"], ...rows]);
}

function closedTable(findings: readonly Finding[], now: number): string[] {
  const rows = findings.map((finding) => [
    finding.id,
    finding.closed === undefined ? "" : `${age(now - finding.closed.at)} ago`,
    age((finding.closed?.at ?? now) - finding.openedAt),
    nameOf(finding),
    finding.cause,
    finding.closed?.why ?? "",
  ]);
  return tableLines([["ID", "CLOSED", "LASTED", "COMPONENT", "CAUSE", "BECAUSE"], ...rows]);
}
