import type { AnalysisAnswer } from "../server/answers.ts";

/** In a healthy cluster the newest window ended less than 20 s ago, a change of the leader included. */
const oldSeconds = 30;

/** What can be said of the whole cluster. */
export type Verdict =
  | { readonly state: "healthy" | "findings" }
  /** Nothing is known to be wrong, and not enough is known. */
  | { readonly state: "unknown"; readonly why: string };

export const exitCodes = { healthy: 0, findings: 1, unknown: 2 } as const;

export function verdictOf(analysis: AnalysisAnswer): Verdict {
  const { openFindings, source, why = "", ageSeconds, reporters, agents = 0 } = analysis;
  if (openFindings > 0) return { state: "findings" };
  if (source === "own") return { state: "unknown", why };
  if (ageSeconds === undefined) return { state: "unknown", why: "nothing was analysed yet" };
  if (ageSeconds > oldSeconds) {
    return { state: "unknown", why: `the newest analysis is ${Math.round(ageSeconds)} s old` };
  }
  // Where it is not known how many there are, at least somebody is.
  if (reporters === 0) return { state: "unknown", why: "no agent reports" };
  if (reporters < agents / 2) {
    return { state: "unknown", why: `only ${reporters} of ${agents} agents report` };
  }
  return { state: "healthy" };
}
