import { isIP, type Socket } from "node:net";
import type { Edges } from "../edges.ts";
import { startDeadline } from "../schedule/deadline.ts";
import type { Stopwatch } from "./http/stopwatch.ts";

/** Name lookup and connection together, as in Go's dialer. */
const dialSeconds = 5;

export interface DialOptions {
  readonly edges: Edges;
  readonly stopwatch: Stopwatch;
  /** Destroys the connection and ends the wait when it is aborted. */
  readonly signal: AbortSignal;
  /** Ends the attempt because the phase under way took longer than `seconds`. */
  readonly expire: (seconds: number) => void;
}

/**
 * Opens a TCP connection to a name or literal address. One attempt to one address.
 * @throws the first error; the stopwatch tells in which phase.
 */
export async function dial(
  { host, port }: { readonly host: string; readonly port: number },
  { edges, stopwatch, signal, expire }: DialOptions,
): Promise<Socket> {
  const cancelDeadline = startDeadline(edges.clock, dialSeconds, () => expire(dialSeconds));
  try {
    let address = host;
    if (isIP(host) === 0) {
      stopwatch.begin("resolve");
      address = await orAborted(edges.lookup(host), signal);
    }
    stopwatch.begin("connect");
    const socket = edges.connect({ address, port });
    tieTo(signal, socket);
    await connected(socket, signal);
    return socket.setNoDelay(true);
  } finally {
    cancelDeadline();
  }
}

/** Hears of the abort by the connection's end, as `tieTo` makes it. */
function connected(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(signal.reason ?? new Error("closed before it was open")));
  });
}

/** Lets a lookup go on without us, since a resolver can't be told to stop. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    // Ahead of everything else: a rejection that nobody handles would end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** From here on the socket can fail at any time; whoever waits for it hears of it, and nobody else needs to. */
export function tieTo(signal: AbortSignal, socket: Socket): void {
  const destroy = () => socket.destroy();
  socket.on("error", () => {});
  if (signal.aborted) destroy();
  signal.addEventListener("abort", destroy, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", destroy));
}
