import type { IncomingMessage, RequestListener, ServerOptions, ServerResponse } from "node:http";
import type { Clock } from "../edges.ts";
import type { Limits } from "./limits.ts";

/** The bounds that Node.js itself can keep. */
export function serverOptions(limits: Limits): ServerOptions {
  return {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerSeconds * 1000,
    requestTimeout: limits.requestSeconds * 1000,
    keepAliveTimeout: limits.keepAliveSeconds * 1000,
    // Four looks in the shortest of the times above, so that none lasts much longer than it says.
    connectionsCheckingInterval: (limits.headerSeconds * 1000) / 4,
  };
}

/** Lets a request through to `listener` within the bounds: no large body, no answer that is never read. */
export function boundedListener(listener: RequestListener, limits: Limits, clock: Clock): RequestListener {
  return (request, response) => {
    const cancel = clock.after(limits.requestSeconds, () => request.socket.destroy());
    response.once("close", cancel);
    if (Number(request.headers["content-length"] ?? 0) > limits.bodyBytes) refuseBody(response);
    else {
      dropBody(request, limits.bodyBytes);
      listener(request, response);
    }
  };
}

function refuseBody(response: ServerResponse): void {
  response.once("finish", () => response.socket?.destroySoon());
  response.writeHead(413, { Connection: "close", "Content-Length": "0" }).end();
}

function dropBody(request: IncomingMessage, mostBytes: number): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) request.socket.destroy();
  });
}
