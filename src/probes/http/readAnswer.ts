import type { IncomingMessage } from "node:http";
import { ProbeError } from "../failure.ts";

/** Reads a whole answer. @throws ProbeError where it is longer than `mostBytes`; the connection's error. */
export async function readAnswer(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ProbeError("body_mismatch", `more than ${mostBytes} bytes`);
  }
  return Buffer.concat(chunks);
}
