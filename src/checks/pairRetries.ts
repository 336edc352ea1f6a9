import type { Peer, PeerView } from "../discovery/peer.ts";
import type { AttemptContext } from "../probes/probe.ts";
import type { AgentTests } from "./agentTests.ts";
import { type Retried, type RetryAnswer, type RetryQuestion, retriedOf } from "./pairRetry.ts";

/** The ways in which a pair that failed is tested again, at once. */
export const retryKinds = ["new_port", "node_address", "third_party", "reverse"] as const;
export type RetryKind = (typeof retryKinds)[number];
export type Retries = Readonly<Record<RetryKind, Retried>>;

/** Agents asked to test the pair's other end. */
const helpers = 2;
/** The whole of an HTTP check, asked for over one hop, over two. All below the 10 s that an agent takes for an answer. */
const seconds = { overOneHop: 8, overTwoHops: 9 };

/** Tests a pair that failed from all sides: from a new port, beside the pod network, by others, and from the other end. */
export async function retryPair(
  peer: Peer,
  ownNode: string,
  view: PeerView,
  tests: AgentTests,
  context: AttemptContext,
): Promise<Retries> {
  const question: RetryQuestion = { node: peer.nodeName, back: ownNode };
  const [visited, node, ...answers] = await Promise.all([
    tests.visit(peer, context),
    tests.reachNode(peer, context),
    ...helpersFor(peer, view, context.edges.random).map((helper) =>
      tests.ask(helper, question, seconds.overTwoHops, context),
    ),
  ]);
  return {
    new_port: retriedOf(visited),
    node_address: node,
    third_party: best(answers.map(({ tested }) => tested)),
    reverse: best(answers.map(({ back }) => back)),
  };
}

/** Answers another agent's question: tests `node`, and has it test `back` meanwhile. */
export async function answerRetry(
  { node, back }: RetryQuestion,
  view: PeerView,
  tests: AgentTests,
  context: AttemptContext,
): Promise<RetryAnswer> {
  // Only agents that discovery knows are tested, whoever asks.
  const peer = view.state === "unknown" ? undefined : view.peers.find(({ nodeName }) => nodeName === node);
  if (peer === undefined) return { tested: "unknown" };
  const [visited, answer] = await Promise.all([
    tests.visit(peer, context),
    back === undefined ? undefined : tests.ask(peer, { node: back }, seconds.overOneHop, context),
  ]);
  return { tested: retriedOf(visited), ...(answer === undefined ? {} : { back: answer.tested }) };
}

function helpersFor(peer: Peer, view: PeerView, random: () => number): readonly Peer[] {
  if (view.state === "unknown") return [];
  return view.peers
    .filter(({ nodeName }) => nodeName !== peer.nodeName)
    .map((helper) => ({ helper, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, helpers)
    .map(({ helper }) => helper);
}

/** One success is enough; a helper may be in trouble itself. */
function best(all: readonly Retried[]): Retried {
  if (all.includes("ok")) return "ok";
  return all.find((retried) => retried !== "unknown") ?? "unknown";
}
