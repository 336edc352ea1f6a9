import { nodesOf } from "../diagnosis/culprits.ts";
import type { Finding } from "../diagnosis/finding.ts";
import type { AnalysisView } from "../diagnosis/view.ts";
import type { NodeAnswer } from "./answers.ts";
import { flowsOf } from "./flowSums.ts";
import { pairsTo } from "./matrixAnswer.ts";

/** What an analysis says of one node; absent where no report and no finding speaks of it. */
export async function nodeOf(
  node: string,
  { reports, open }: AnalysisView,
): Promise<Omit<NodeAnswer, "analysis"> | undefined> {
  const own = reports.filter((report) => report.node === node);
  const seenBy = await pairsTo(node, reports);
  const findings = open.filter((finding) => isAbout(finding, node));
  const latest = own.toSorted((a, b) => b.until - a.until)[0];
  if (latest === undefined && seenBy.length === 0 && findings.length === 0) return undefined;
  return {
    ...{ node, sees: flowsOf(own), seenBy, findings },
    ...(latest !== undefined && { pod: latest.pod, health: latest.health }),
    ...(latest?.zone !== undefined && { zone: latest.zone }),
  };
}

function isAbout({ component, evidence }: Finding, node: string): boolean {
  return nodesOf(component).includes(node) || evidence.explained.some((failure) => failure.node === node);
}
