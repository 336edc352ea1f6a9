import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { startDeadline } from "../../schedule/deadline.ts";
import { type AgentIdentity, agentHeader, readAgentHeader } from "../agentIdentity.ts";
import { ProbeError } from "../failure.ts";
import { connect } from "../http/connect.ts";
import { readAnswer } from "../http/readAnswer.ts";
import type { Stopwatch } from "../http/stopwatch.ts";
import { userAgent } from "../http/userAgent.ts";
import type { AttemptContext } from "../probe.ts";
import { inScope } from "../scope.ts";
import { payloadBytes } from "./bytes.ts";
import type { PayloadTarget } from "./target.ts";

/** The connection with its TLS handshake, as long as an HTTP check's whole attempt. */
const connectSeconds = 6;

interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: Buffer;
  /** From the question to the end of its answer. */
  readonly seconds: number;
}

export interface Answer {
  readonly answeredBy: AgentIdentity;
  readonly body: Buffer;
}

/**
 * Asks one question and reads its whole answer.
 * @throws PeerUnable; ProbeError where no answer came in time, none of status 200, or an endless one; the connection's error.
 */
export type Ask = (question: Question) => Promise<Answer>;

/** It was no agent that answered, or one that is too old to say so. */
export class PeerUnable extends Error {}

/**
 * Holds a conversation over one new connection, which is closed at its end.
 * @throws the first error; the stopwatch tells in which phase.
 */
export function converse<Value>(
  target: PayloadTarget,
  { edges, signal }: AttemptContext,
  stopwatch: Stopwatch,
  talk: (ask: Ask) => Promise<Value>,
): Promise<Value> {
  return inScope(signal, stopwatch, async (scope) => {
    const within = async <Result>(seconds: number, work: Promise<Result>) => {
      const cancelDeadline = startDeadline(edges.clock, seconds, () => scope.expire(seconds));
      try {
        return await work;
      } catch (error) {
        throw scope.signal.aborted ? scope.signal.reason : error;
      } finally {
        cancelDeadline();
      }
    };
    const options = { ...target, proxy: undefined, edges, stopwatch, ...scope };
    const connection = agentFor(await within(connectSeconds, connect(options)));
    try {
      return await talk((question) =>
        within(question.seconds, ask(target.url, question, connection, scope.signal)),
      );
    } finally {
      connection.destroy();
    }
  });
}

/** Sends all requests over `socket`, each after the answer to the one before. */
function agentFor(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  return agent;
}

async function ask(url: URL, question: Question, agent: Agent, signal: AbortSignal): Promise<Answer> {
  const { method, path, body } = question;
  const outgoing = request({ agent, method, path, headers: { host: url.host, "user-agent": userAgent } });
  // When the attempt is called off, whoever waited has heard of it already.
  outgoing.on("error", () => {});
  outgoing.end(body);
  const [response] = (await once(outgoing, "response", { signal })) as [IncomingMessage];
  const answeredBy = readAgentHeader(response.headers[agentHeader]);
  if (answeredBy === undefined) throw new PeerUnable();
  if (response.statusCode !== 200) {
    throw new ProbeError("http_status", `${response.statusCode} ${response.statusMessage}`);
  }
  return { answeredBy, body: await readAnswer(response, payloadBytes) };
}
