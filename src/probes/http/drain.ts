import type { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import type { Clock } from "../../edges.ts";
import { startDeadline } from "../../schedule/deadline.ts";

/** A body beyond this costs more than the new connection that reading it would save. */
const mostBytes = 64 * 1024;
const mostSeconds = 1;

/** Reads an answer to its end, so that its connection can be kept; one that is long or slow is closed instead. Never rejects. */
export async function drain(response: IncomingMessage, clock: Clock): Promise<void> {
  const cancelDeadline = startDeadline(clock, mostSeconds, () => response.destroy());
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) response.destroy();
  });
  await finished(response).catch(() => {});
  cancelDeadline();
}
