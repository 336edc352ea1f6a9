import type { IncomingMessage } from "node:http";

/**
 * Counts the bytes of a request's body. Resolves at its end, when it breaks off, or as soon as it is longer than `most`; it
 * must be called before the request's first turn, or else its beginning is missed.
 */
export function countBody(request: IncomingMessage, most: number): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) resolve(bytes);
    });
    request.once("end", () => resolve(bytes));
    request.once("close", () => resolve(bytes));
  });
}
