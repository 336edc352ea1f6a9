import { catalogue } from "./catalogue.ts";
import type { Sample } from "./sample.ts";

/** So many findings are shown; a fault that needs more has no single culprit. */
const mostFindings = 50;

/** What the metrics show of the diagnosis. */
export interface DiagnosisState {
  /** Whether this agent analyses the reports of all. */
  readonly leads: boolean;
  /** The newest analysis, where this agent answers for one: as the leader, or alone. */
  readonly analysis?: {
    readonly ageSeconds: number;
    readonly durationSeconds: number;
    /** Nodes whose agents reported in the last minute. */
    readonly reporters: number;
    /** Open ones, the most certain first. */
    readonly findings: readonly ShownFinding[];
    /** Opened here so far. */
    readonly opened: number;
  };
  /** Reports that reached this agent, by what became of them. */
  readonly received: Readonly<Record<string, number>>;
}

interface ShownFinding {
  readonly component: string;
  readonly name: string;
  readonly cause: string;
  readonly confidence: number;
}

export function findingSamples(state: DiagnosisState | undefined): Sample[] {
  if (state === undefined) return [];
  const { leads, analysis, received } = state;
  return [
    { name: catalogue.leader.name, labels: {}, value: leads ? 1 : 0 },
    ...Object.entries(received).map(([result, value]) => ({
      ...{ name: catalogue.reportsReceived.name, labels: { result }, value },
    })),
    ...(analysis === undefined ? [] : analysisSamples(analysis)),
  ];
}

function analysisSamples(analysis: NonNullable<DiagnosisState["analysis"]>): Sample[] {
  const { ageSeconds, durationSeconds, reporters, findings, opened } = analysis;
  return [
    ...seriesOf(findings),
    { name: catalogue.findingsOpen.name, labels: {}, value: findings.length },
    { name: catalogue.findingsOpened.name, labels: {}, value: opened },
    { name: catalogue.analysisAge.name, labels: {}, value: ageSeconds },
    { name: catalogue.analysisDuration.name, labels: {}, value: durationSeconds },
    { name: catalogue.reporters.name, labels: {}, value: reporters },
  ];
}

/** Findings that differ in their layer alone share a series; the first is the most certain. */
function seriesOf(findings: readonly ShownFinding[]): Sample[] {
  const bySeries = Map.groupBy(findings, ({ component, name, cause }) => `${component} ${cause} ${name}`);
  return [...bySeries.values()].slice(0, mostFindings).flatMap(([finding]) => {
    if (finding === undefined) return [];
    const { confidence: value, component, name, cause } = finding;
    return [{ name: catalogue.finding.name, labels: { component, name, cause }, value }];
  });
}
