import type { DemoCluster } from "./cluster.ts";
import { describeFault } from "./describeFault.ts";
import { leadersAnalysis } from "./leadersAnalysis.ts";
import { foundOf } from "./table/foundOf.ts";
import { rowOf } from "./table/row.ts";
import type { Picture } from "./table/table.ts";

/** What is shown of a cluster. */
export function pictureOf(cluster: DemoCluster, title: string, hints: readonly string[] = []): Picture {
  const nodes = cluster.nodes();
  return {
    ...{ title, hints },
    rows: nodes.map(rowOf),
    findings: leadersAnalysis(nodes)?.open.map(foundOf) ?? "no agent leads at the moment",
    faults: cluster.faults.active().map(({ id, fault }) => `${id} ${describeFault(fault)}`),
  };
}
