import type { AnalysisView, DiagnosisView } from "../diagnosis/view.ts";
import type { Clock } from "../edges.ts";
import type { AgentIdentity } from "../probes/agentIdentity.ts";
import type { AnalysisAnswer, FindingsAnswer, MatrixAnswer, NodeAnswer } from "./answers.ts";
import { matrixOf } from "./matrixAnswer.ts";
import { nodeOf } from "./nodeAnswer.ts";

/** What this agent itself can answer. With `why`, it does so though it does not lead. */
export interface DiagnosisAnswers {
  findings(why?: string): Promise<FindingsAnswer>;
  matrix(why?: string): Promise<MatrixAnswer>;
  /** Absent where nothing is known of the node. */
  node(name: string, why?: string): Promise<NodeAnswer | undefined>;
}

export function createDiagnosisAnswers(
  view: DiagnosisView,
  identity: () => AgentIdentity,
  clock: Pick<Clock, "wallNow">,
): DiagnosisAnswers {
  const newest = (): AnalysisView => view.analysis() ?? nothing;
  const about = (why: string | undefined): AnalysisAnswer => {
    const { pod, node } = identity();
    const { until, open, reports } = newest();
    const reporters = new Set(reports.map(({ node }) => node));
    const agents = view.agentNodes();
    const silent = (agents ?? []).filter((node) => !reporters.has(node)).slice(0, mostSilent);
    return {
      source: why === undefined ? "leader" : "own",
      ...(why !== undefined && { why }),
      pod,
      ...(node !== undefined && { node }),
      ...(until > 0 && { until, ageSeconds: Math.max(0, clock.wallNow() - until) }),
      reporters: reporters.size,
      ...(agents !== undefined && { agents: agents.length, silent }),
      ...wrongClocks(silent, view),
      openFindings: open.length,
    };
  };
  let shown: { readonly of: AnalysisView; readonly matrix: ReturnType<typeof matrixOf> } | undefined;

  return {
    async findings(why) {
      const { open, closed } = newest();
      return { analysis: about(why), open, closed };
    },
    async matrix(why) {
      const analysis = newest();
      // In a large cluster it costs tenths of a second, so it is made once for each analysis.
      if (shown?.of !== analysis) shown = { of: analysis, matrix: matrixOf(analysis.reports) };
      return { analysis: about(why), ...(await shown.matrix) };
    },
    async node(name, why) {
      const found = await nodeOf(name, newest());
      return found === undefined ? undefined : { analysis: about(why), ...found };
    },
  };
}

const mostSilent = 50;

/** Reports that go through neighbours may take some seconds. */
const toleratedSeconds = { ahead: 2, behind: 5 };

/** Whose reports arrive and yet do not count has another idea of the time. */
function wrongClocks(
  silent: readonly string[],
  { clockOffset }: Pick<DiagnosisView, "clockOffset">,
): Pick<AnalysisAnswer, "clockOffsets"> {
  const wrong = silent.flatMap((node) => {
    const seconds = clockOffset(node);
    const isWrong =
      seconds !== undefined && (seconds > toleratedSeconds.ahead || seconds < -toleratedSeconds.behind);
    return isWrong ? [[node, Math.round(seconds)] as const] : [];
  });
  return wrong.length === 0 ? {} : { clockOffsets: Object.fromEntries(wrong) };
}

/** Before the first analysis. */
const nothing: AnalysisView = {
  until: 0,
  durationSeconds: 0,
  open: [],
  closed: [],
  reports: [],
};
