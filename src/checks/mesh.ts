import type { Config } from "../config/config.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { PeerView } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import type { PairCoverage } from "../mesh/rotation.ts";
import type { Trust } from "../probes/http/trust.ts";
import type { Results } from "../results/store.ts";
import { createAgentTests } from "./agentTests.ts";
import type { Checks } from "./checks.ts";
import { createMeshChecks } from "./meshChecks.ts";
import { createNodeAddresses } from "./nodeAddresses.ts";
import type { PairEvent, RetryCounts } from "./pairEvents.ts";
import { answerRetry } from "./pairRetries.ts";
import type { RetryAnswer, RetryQuestion } from "./pairRetry.ts";
import { createRotatingChecks, rotationSort } from "./rotatingChecks.ts";

/** What is known of the mesh, for the metrics. */
export interface MeshState {
  readonly neighbours: number;
  /** Absent while there is nobody to visit. */
  readonly coverage: PairCoverage | undefined;
  readonly retries: RetryCounts;
}

/** All that an agent does with other agents beyond its `path_*` checks: it watches some, visits all, and tests them for each other. */
export interface Mesh {
  /** Follows a change of what discovery knows. */
  follow(discovery: Pick<Discovery, "view" | "ownNode">): void;
  /** Tests an agent because another one asks for it. */
  answer(question: RetryQuestion): Promise<RetryAnswer>;
  state(): MeshState;
  /** The latest pairs that failed, oldest first. */
  events(): readonly PairEvent[];
}

export interface MeshOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly checks: Pick<Checks, "start" | "end">;
  readonly results: Results;
  readonly trust: Trust;
  /** Ends the answers that are under way. */
  readonly signal: AbortSignal;
}

/** Of the checks that ask other agents. */
const agentSorts: ReadonlySet<string> = new Set(["path", "neighbours", rotationSort]);

export function createMesh({ signal, trust, ...options }: MeshOptions): Mesh {
  const { config, edges, results } = options;
  const nodeAddresses = createNodeAddresses();
  const tests = createAgentTests(config, trust, nodeAddresses);
  const watching = createMeshChecks({ ...options, trust, nodeAddresses });
  const rotating = createRotatingChecks({ ...options, tests });
  let view: PeerView = { state: "unknown" };
  results.subscribe({
    begun() {},
    counted({ sort }, { reading }) {
      // Any server can send the header, but only these are sure to be agents.
      if (!agentSorts.has(sort)) return;
      if ("answeredBy" in reading && reading.answeredBy !== undefined) watching.learn(reading.answeredBy);
    },
    discarded() {},
    forgotten() {},
  });
  return {
    follow(discovery) {
      view = discovery.view();
      watching.follow(discovery);
      rotating.follow(discovery);
    },
    answer: (question) => answerRetry(question, view, tests, { edges, signal }),
    state: () => ({
      neighbours: watching.neighbours(),
      coverage: rotating.coverage(),
      retries: rotating.failures.counts(),
    }),
    events: () => rotating.failures.latest(),
  };
}
