import type { KubernetesConnection } from "../discovery/connection.ts";
import type { Edges } from "../edges.ts";
import { createApiRequests } from "./apiRequests.ts";
import type { Finding } from "./finding.ts";
import { createPatientRequests } from "./patientRequests.ts";

/** The condition `KubenurseFinding` of nodes: True while a finding names the node. */
export interface NodeConditions {
  /** Takes the findings of an analysis, the open ones and those that closed; what fails is tried again with the next. */
  tell(findings: readonly Finding[]): void;
  /** Resolves when no request is under way. */
  idle(): Promise<void>;
}

export interface NodeConditionsOptions {
  readonly connection: KubernetesConnection;
  readonly edges: Pick<Edges, "clock" | "log">;
  /** Whether this agent leads; asked before each change. */
  readonly leads: () => boolean;
}

/** What a node's condition says; both are of the finding that it is about. */
interface Condition {
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
  /** Unix seconds. */
  readonly since: number;
}

export function createNodeConditions({ connection, edges, leads }: NodeConditionsOptions): NodeConditions {
  const { clock } = edges;
  const write = createPatientRequests(createApiRequests(connection, clock), edges, "set conditions of nodes");
  /** What stands in nodes that had a finding since this agent leads. */
  const shown = new Map<string, Condition>();
  let telling: Promise<void> | undefined;

  const tellAll = async (wanted: ReadonlyMap<string, Condition>) => {
    for (const node of new Set([...wanted.keys(), ...shown.keys()])) {
      const condition = wanted.get(node) ?? noFinding(clock.wallNow());
      if (isShown(condition, shown.get(node))) continue;
      if (!leads()) return;
      const { state } = await write(({ write }) => write(patchOf(node, condition, clock.wallNow())));
      // A node that has left needs no condition.
      if (state === "absent") shown.delete(node);
      else if (state === "done") shown.set(node, condition);
      else return;
    }
  };

  return {
    tell(findings) {
      telling ??= tellAll(conditionsOf(findings)).finally(() => {
        telling = undefined;
      });
    },
    async idle() {
      await telling;
    },
  };
}

/** Of several findings a node shows the most certain. A pair's two nodes show none, since either may be well. */
function conditionsOf(findings: readonly Finding[]): ReadonlyMap<string, Condition> {
  const conditions = new Map<string, Condition>();
  const confidenceOf = ({ closed, confidence }: Finding) => (closed === undefined ? confidence : 0);
  for (const finding of [...findings].sort((a, b) => confidenceOf(a) - confidenceOf(b))) {
    const { component, closed, cause: reason, summary: message, openedAt: since } = finding;
    if (!("node" in component)) continue;
    const open: Condition = { status: "True", reason, message, since };
    conditions.set(component.node, closed === undefined ? open : noFinding(closed.at));
  }
  return conditions;
}

const noFinding = (since: number): Condition => ({
  status: "False",
  reason: "no_finding",
  message: "kubenurse has no finding that names this node",
  since,
});

/** The message has figures that change with every analysis. */
function isShown({ status, reason, since }: Condition, shown: Condition | undefined): boolean {
  if (shown?.status !== status) return false;
  return status === "False" || (shown.reason === reason && shown.since === since);
}

function patchOf(node: string, { status, reason, message, since }: Condition, now: number) {
  const condition = {
    ...{ type: "KubenurseFinding", status, reason, message },
    lastHeartbeatTime: timeOf(now),
    lastTransitionTime: timeOf(since),
  };
  return {
    method: "PATCH",
    path: `/api/v1/nodes/${node}/status`,
    // Merges the list of conditions by their type, so those of others stay.
    contentType: "application/strategic-merge-patch+json",
    body: { status: { conditions: [condition] } },
  } as const;
}

const timeOf = (at: number) => new Date(at * 1000).toISOString().replace(/\.\d+/, "");
