import type { Config } from "../config/config.ts";
import type { Peer } from "../discovery/peer.ts";
import { sign, signatureHeader } from "../mesh/signature.ts";
import { post } from "../probes/http/post.ts";
import { httpProbe } from "../probes/http/probe.ts";
import type { HttpReading } from "../probes/http/reading.ts";
import { Connections } from "../probes/http/target.ts";
import type { Trust } from "../probes/http/trust.ts";
import type { AttemptContext, Outcome } from "../probes/probe.ts";
import { tcpProbe } from "../probes/tcp/probe.ts";
import { agentUrl } from "./agentUrl.ts";
import type { NodeAddresses } from "./nodeAddresses.ts";
import {
  parseAnswer,
  type Retried,
  type RetryAnswer,
  type RetryQuestion,
  retriedOf,
  retryBytes,
  retryPath,
} from "./pairRetry.ts";

/** Single tests of other agents, each over a new connection. */
export interface AgentTests {
  /** A GET over the pod network. */
  visit(peer: Peer, context: AttemptContext): Promise<Outcome<HttpReading>>;
  /** A connection to the node's own address; unknown where there is none to test. */
  reachNode(peer: Peer, context: AttemptContext): Promise<Retried>;
  /** Has a peer test others. What can't be learned in time is unknown. */
  ask(
    peer: Peer,
    question: RetryQuestion,
    seconds: number,
    context: AttemptContext,
  ): Promise<Required<RetryAnswer>>;
}

export function createAgentTests(
  config: Pick<Config, "tls" | "proxy" | "layers" | "mesh">,
  trust: Trust,
  nodeAddresses: NodeAddresses,
): AgentTests {
  const [key] = config.mesh.keys;
  const { nodeAddressPort: port } = config.layers;
  return {
    async visit(peer, context) {
      const connections = new Connections(false);
      const target = { url: agentUrl(peer, "/alwayshappy", config), headers: {}, trust, connections };
      return httpProbe.attempt({ ...target, proxyFor: config.proxy.proxyFor }, context);
    },
    async reachNode(peer, context) {
      const host = nodeAddresses.of(peer);
      if (host === undefined || port === undefined) return "unknown";
      return retriedOf(await tcpProbe.attempt({ host, port, refusedIsReached: true }, context));
    },
    async ask(peer, question, seconds, context) {
      const text = JSON.stringify(question);
      const headers = {
        "content-type": "application/json",
        ...(key === undefined ? {} : { [signatureHeader]: sign(key, retryPath, text) }),
      };
      const options = { headers, trust, seconds, answerBytes: retryBytes };
      try {
        return parseAnswer(await post(agentUrl(peer, retryPath, config), text, options, context));
      } catch {
        return { tested: "unknown", back: "unknown" };
      }
    },
  };
}
