import { loadConfig } from "../../src/config/loadConfig.ts";
import type { Leader } from "../../src/diagnosis/leader.ts";
import { startLeadership } from "../../src/diagnosis/leadership.ts";
import { connectToKubernetes } from "../../src/discovery/connection.ts";
import type { Clock, Edges } from "../../src/edges.ts";
import { testEdges } from "./edges.ts";
import type { TestKubernetes } from "./kubernetes.ts";
import { startLossyRelay } from "./lossyRelay.ts";

/** One of several that want to lead, with a way of its own to the API server. */
export interface TestCandidate extends AsyncDisposable {
  readonly identity: string;
  leader(): Leader;
  /** How many requests it sent, since each has a connection of its own. */
  readonly requests: number;
  /** From now on nothing gets through. */
  cut(): void;
  /** New connections get through again. */
  heal(): void;
  /** Without a word to anybody. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCandidate(
  kubernetes: TestKubernetes,
  clock: Clock,
  rank: number,
  { log = testEdges().log, follows = false }: { log?: Edges["log"]; follows?: boolean } = {},
): Promise<TestCandidate> {
  const { api, environment, serviceAccountDirectory } = kubernetes;
  let isCut = false;
  const relay = await startLossyRelay(api.port, () => isCut);
  const { config } = loadConfig({ ...environment, KUBERNETES_SERVICE_PORT: String(relay.port) });
  const identity = `agent-${rank}`;
  const election = startLeadership({
    candidate: { identity, address: `10.0.0.${rank}:8080` },
    namespace: "nurses",
    rank: follows ? "none" : () => rank,
    connection: await connectToKubernetes(config, serviceAccountDirectory),
    edges: { ...testEdges({ log }), clock },
    onChange: () => {},
  });
  const cut = () => {
    isCut = true;
  };
  return {
    identity,
    leader: election.leader,
    get requests() {
      return relay.accepted;
    },
    cut,
    heal() {
      isCut = false;
    },
    async kill() {
      cut();
      await relay[Symbol.asyncDispose]();
    },
    stop: election.stop,
    async [Symbol.asyncDispose]() {
      await election.stop();
      await relay[Symbol.asyncDispose]();
    },
  };
}
