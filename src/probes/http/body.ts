import type { IncomingMessage } from "node:http";

/** More than a health endpoint says. */
const mostBytes = 64 * 1024;

/**
 * The first 64 KiB of an answer's body as UTF-8; of a longer one the rest is not waited for.
 * @throws the connection's error where the body breaks off.
 */
export async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString();
}
