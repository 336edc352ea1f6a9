import { once } from "node:events";
import { Agent, request } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Edges } from "../../edges.ts";
import { startDeadline } from "../../schedule/deadline.ts";
import { ProbeError } from "../failure.ts";
import { basicAuthorization } from "./basicAuthorization.ts";
import type { Stopwatch } from "./stopwatch.ts";
import type { Trust } from "./trust.ts";
import { userAgent } from "./userAgent.ts";

/** Name lookup and connection together, as in Go's dialer. */
const dialSeconds = 5;

export interface ConnectOptions {
  readonly url: URL;
  readonly proxy: URL | undefined;
  readonly trust: Trust;
  readonly edges: Edges;
  readonly stopwatch: Stopwatch;
  /** Destroys the connection and ends the wait when it is aborted. */
  readonly signal: AbortSignal;
  /** Ends the attempt because the phase under way took longer than `seconds`. */
  readonly expire: (seconds: number) => void;
}

/**
 * Opens a connection over which `url` can be requested: through the proxy where there is one, with TLS where the scheme says so.
 * One attempt to one address.
 * @throws the first error; the stopwatch tells in which phase.
 */
export async function connect(options: ConnectOptions): Promise<Socket> {
  const { url, proxy, stopwatch } = options;
  let socket = await dial(proxy ?? url, options);
  if (proxy?.protocol === "https:") socket = await handshake(socket, proxy, options);
  if (url.protocol !== "https:") return socket;
  if (proxy !== undefined) {
    stopwatch.begin("connect");
    socket = await tunnel(socket, url, proxy, options.signal);
  }
  return handshake(socket, url, options);
}

async function dial(to: URL, { edges, stopwatch, signal, expire }: ConnectOptions): Promise<Socket> {
  const host = hostOf(to);
  const cancelDeadline = startDeadline(edges.clock, dialSeconds, () => expire(dialSeconds));
  try {
    let address = host;
    if (isIP(host) === 0) {
      stopwatch.begin("resolve");
      address = await orAborted(edges.lookup(host), signal);
    }
    stopwatch.begin("connect");
    const socket = edges.connect({ address, port: portOf(to) });
    tieTo(signal, socket);
    await once(socket, "connect", { signal });
    return socket.setNoDelay(true);
  } finally {
    cancelDeadline();
  }
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
function tieTo(signal: AbortSignal, socket: Socket): void {
  const destroy = () => socket.destroy();
  socket.on("error", () => {});
  if (signal.aborted) destroy();
  signal.addEventListener("abort", destroy, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", destroy));
}

async function handshake(
  socket: Socket,
  to: URL,
  { trust, stopwatch, signal }: ConnectOptions,
): Promise<TLSSocket> {
  stopwatch.begin("tls");
  const host = hostOf(to);
  const secured = connectTls({
    socket,
    host,
    // A literal address must not be sent as a server name (RFC 6066, section 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: trust.secureContext(),
    rejectUnauthorized: trust.verify,
    minVersion: "TLSv1.2",
  });
  tieTo(signal, secured);
  await once(secured, "secureConnect", { signal });
  return secured;
}

async function tunnel(
  socket: Socket,
  { hostname, port }: URL,
  proxy: URL,
  signal: AbortSignal,
): Promise<Socket> {
  const through = new Agent();
  through.createConnection = () => socket;
  const path = `${hostname}:${port || 443}`;
  const headers = {
    host: path,
    "user-agent": userAgent,
    ...basicAuthorization("proxy-authorization", proxy),
  };
  const asking = request({ method: "CONNECT", path, headers, agent: through, setHost: false });
  // When the attempt is called off, whoever waited has heard of it already.
  asking.on("error", () => {});
  asking.end();
  const [answer] = await Promise.race([
    once(asking, "connect", { signal }),
    once(asking, "response", { signal }),
  ]);
  if (answer.statusCode === 200) return socket;
  socket.destroy();
  throw new ProbeError(
    "connect_refused",
    `proxy ${proxy.host}: ${answer.statusCode} ${answer.statusMessage}`,
  );
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === "https:" ? 443 : 80);
}

/** Without the brackets that a URL puts around an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
