import type { DiagnosisView } from "../diagnosis/view.ts";
import type { Edges } from "../edges.ts";
import type { AgentIdentity } from "../probes/agentIdentity.ts";
import type { ErrorAnswer, FindingsAnswer } from "./answers.ts";
import { askLeader, type LeaderAnswer } from "./askLeader.ts";
import { createDiagnosisAnswers } from "./diagnosisAnswers.ts";
import { createBucket } from "./echoLimits.ts";

/** Of all questions to one agent; a person's `watch` asks every two seconds. */
const rate = { perSecond: 20, burst: 40 };

export type ApiQuestion =
  | { readonly about: "findings" | "matrix" }
  | { readonly about: "node"; readonly node: string };

interface ApiAnswer {
  readonly status: 200 | 404 | 429;
  /** JSON: what answers.ts says, or an `ErrorAnswer`. */
  readonly text: string;
}

/** Answers a question; one that was `passedOn` by another agent is not passed on again. */
export type Api = (question: ApiQuestion, passedOn: boolean) => Promise<ApiAnswer>;

/** Any agent answers: from its own analysis where it leads, else by asking the leader, else for itself alone. */
export function createApi(
  view: DiagnosisView,
  identity: () => AgentIdentity,
  edges: Pick<Edges, "clock" | "connect">,
): Api {
  const take = createBucket(rate, edges.clock.now());
  const answers = createDiagnosisAnswers(view, identity, edges.clock);
  const answerHere = async (question: ApiQuestion, why?: string): Promise<ApiAnswer> => {
    const answer = await (question.about === "node"
      ? answers.node(question.node, why)
      : answers[question.about](why));
    return answer === undefined
      ? failed(404, "no report and no finding of the last minute speaks of this node")
      : { status: 200, text: JSON.stringify(answer) };
  };

  return async (question, passedOn) => {
    if (!take(edges.clock.now())) return failed(429, "asked too often; try again in a second");
    const leadership = view.leadership();
    if (leadership.state === "self") return answerHere(question);
    if (leadership.state === "alone")
      return answerHere(question, "agents may not elect a leader, so each judges alone");
    if (leadership.state === "none") return answerHere(question, "no leader is known");
    const { pod, url } = leadership;
    if (passedOn) return answerHere(question, `it does not lead, ${pod} does`);
    try {
      return leadersOwn(await askLeader(url, pathOf(question), edges));
    } catch (error) {
      return answerHere(question, `the leader ${pod} can't be asked: ${(error as Error).message}`);
    }
  };
}

export const apiPaths = { findings: "/api/v1/findings", matrix: "/api/v1/matrix", node: "/api/v1/nodes" };

function pathOf(question: ApiQuestion): string {
  const path = apiPaths[question.about];
  return question.about === "node" ? `${path}/${encodeURIComponent(question.node)}` : path;
}

/** @throws Error where it is no answer, or not a leader's. */
function leadersOwn({ status, text }: LeaderAnswer): ApiAnswer {
  if (status === 404 || status === 200) {
    const answer = JSON.parse(text) as Partial<FindingsAnswer & ErrorAnswer>;
    if (status === 404 && typeof answer.message === "string") return { status, text };
    if (status === 200 && answer.analysis?.source === "leader") return { status, text };
    if (status === 200) throw new Error("it does not lead any more");
  }
  throw new Error(`it answered ${status}`);
}

function failed(status: 404 | 429, message: string): ApiAnswer {
  return { status, text: JSON.stringify({ message } satisfies ErrorAnswer) };
}
