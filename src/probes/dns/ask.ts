import type { Socket } from "node:net";
import { type DialOptions, dial } from "../dial.ts";
import { ProbeError } from "../failure.ts";
import type { Answer } from "./query.ts";
import type { DnsTarget } from "./target.ts";

export interface AskOptions extends DialOptions {
  readonly message: Buffer;
  /** Gives the answer when a message that came back is one; until then the wait goes on. */
  readonly accept: (message: Buffer) => Answer | undefined;
}

/**
 * Sends a question once and resolves with its answer.
 * @throws the socket's error, or a ProbeError where the server hangs up; the stopwatch tells in which phase.
 */
export function ask(target: DnsTarget, options: AskOptions): Promise<Answer> {
  return target.transport === "tcp" ? askOverTcp(target, options) : askOverUdp(target, options);
}

async function askOverUdp({ server, transport }: DnsTarget, options: AskOptions): Promise<Answer> {
  const { message, accept, edges, stopwatch, signal } = options;
  const ports = typeof transport === "object" ? transport : edges;
  const { promise: answered, resolve, reject } = Promise.withResolvers<Answer>();
  stopwatch.begin("processing");
  const port = await ports.openDatagrams({
    peer: server,
    onMessage(received) {
      const answer = accept(received);
      if (answer !== undefined) resolve(answer);
    },
    onError: reject,
  });
  try {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    port.send(message, server);
    return await answered;
  } finally {
    port.close();
  }
}

async function askOverTcp({ server }: DnsTarget, options: AskOptions): Promise<Answer> {
  const { message, accept, stopwatch } = options;
  const socket = await dial({ host: server.address, port: server.port }, options);
  stopwatch.begin("processing");
  socket.write(Buffer.concat([lengthOf(message), message]));
  // Leaving the loop closes the connection.
  for await (const received of messagesIn(socket)) {
    const answer = accept(received);
    if (answer !== undefined) return answer;
  }
  throw new ProbeError("reset", "closed by the server before the answer was complete");
}

/** Before each message goes its length (RFC 1035, section 4.2.2), and both with one write (RFC 7766, section 8). */
function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}

async function* messagesIn(socket: Socket): AsyncGenerator<Buffer> {
  let pending = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      yield pending.subarray(2, end);
      pending = pending.subarray(end);
    }
  }
}
