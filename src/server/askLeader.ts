import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Edges } from "../edges.ts";
import { startDeadline } from "../schedule/deadline.ts";

/** From the start of the question to the end of the answer. */
const seconds = 2;
/** The matrix of the largest cluster is a fifth of it. */
const mostBytes = 4 * 1024 * 1024;

/** Marks a question that was passed on, and must not be again. */
export const passedOnHeader = "kubenurse-passed-on";

export interface LeaderAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks another agent for what is at `path`, once and over a new connection.
 * @throws Error whose message has no address in it.
 */
export async function askLeader(
  leader: URL,
  path: string,
  { clock, connect }: Pick<Edges, "clock" | "connect">,
): Promise<LeaderAnswer> {
  const ending = new AbortController();
  const cancel = startDeadline(clock, seconds, () => ending.abort());
  try {
    const { hostname, port } = leader;
    const request = get({
      ...{ path, signal: ending.signal },
      headers: { [passedOnHeader]: "1", host: leader.host, connection: "close" },
      createConnection: () => connect({ address: hostname.replace(/^\[|\]$/g, ""), port: Number(port) }),
    });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await readText(response) };
  } catch (error) {
    throw new Error(ending.signal.aborted ? `no answer within ${seconds} s` : reasonOf(error));
  } finally {
    cancel();
    ending.abort();
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error("its answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A system error's message names the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? String(error.code) : error.message;
}
