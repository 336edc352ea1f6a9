import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { cross } from "./cross.ts";
import type { Path } from "./path.ts";

/** Both directions of a link. */
export interface Link {
  readonly there: () => Path;
  readonly back: () => Path;
}

/**
 * Puts a relay on loopback between `near`, which is not connected yet, and `far`, which is, so that what they say to each
 * other takes as long as the link makes it take. When one end breaks, so does the other.
 */
export async function connectByRelay(near: Socket, far: Socket, address: string, link: Link): Promise<void> {
  const ended = new AbortController();
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  // Either end may break before the other is there.
  far.on("error", () => far.destroy());
  server.on("connection", (middle) => middle.on("error", () => far.destroy()));
  near.once("close", () => {
    ended.abort();
    server.close();
    far.destroy();
  });
  await once(server.listen(0, address), "listening");
  const accepted = once(server, "connection", { signal: ended.signal });
  near.connect({ host: address, port: (server.address() as AddressInfo).port, localAddress: address });
  const [middle] = (await accepted) as [Socket];
  server.close();
  if (far.destroyed) return void middle.resetAndDestroy();
  far.on("error", () => middle.resetAndDestroy());
  ended.signal.addEventListener("abort", () => middle.destroy(), { once: true });
  forward(middle, far, link.there, ended.signal);
  forward(far, middle, link.back, ended.signal);
}

/** Each chunk and the end at last set out when they come in, and arrive in that order. */
function forward(from: Socket, to: Socket, path: () => Path, signal: AbortSignal): void {
  let arrived = Promise.resolve();
  const carry = (bytes: number, deliver: () => void) => {
    const since = performance.now() / 1000;
    arrived = arrived.then(() => cross(path, bytes, since, signal)).then(deliver);
    // Only the end of the connection ends the wait early, and then nobody waits for what was under way.
    arrived.catch(() => {});
  };
  from.on("data", (chunk) => carry(chunk.length, () => void to.write(chunk)));
  from.on("end", () => carry(0, () => void to.end()));
}
