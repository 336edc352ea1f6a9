import { once } from "node:events";
import { Agent, request } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { SocketAddress } from "../../edges.ts";
import { type DialOptions, dial, tieTo } from "../dial.ts";
import { ProbeError } from "../failure.ts";
import { basicAuthorization } from "./basicAuthorization.ts";
import { certificateEndsOf } from "./certificateEnds.ts";
import { hostAndPort } from "./hostAndPort.ts";
import type { Trust } from "./trust.ts";
import { userAgent } from "./userAgent.ts";

export interface ConnectOptions extends DialOptions {
  readonly url: URL;
  readonly proxy: URL | undefined;
  /** In place of the host of `url`, without a proxy. */
  readonly connectTo?: SocketAddress | undefined;
  readonly trust: Trust;
  /** Told of the server's certificates as soon as they came, be they good or not; see `HttpReading`. */
  readonly onCertificates?: (ends: readonly number[]) => void;
}

/**
 * Opens a connection over which `url` can be requested: through the proxy where there is one, with TLS where the scheme says so.
 * One attempt to one address.
 * @throws the first error; the stopwatch tells in which phase.
 */
export async function connect(options: ConnectOptions): Promise<Socket> {
  const { url, proxy, connectTo, stopwatch, onCertificates } = options;
  const place =
    connectTo === undefined ? hostAndPort(proxy ?? url) : { host: connectTo.address, port: connectTo.port };
  let socket = await dial(place, options);
  if (proxy?.protocol === "https:") socket = await handshake(socket, proxy, options);
  if (url.protocol !== "https:") return socket;
  if (proxy !== undefined) {
    stopwatch.begin("connect");
    socket = await tunnel(socket, url, proxy, options.signal);
  }
  return handshake(socket, url, options, onCertificates);
}

async function handshake(
  socket: Socket,
  to: URL,
  { trust, stopwatch, signal }: ConnectOptions,
  onCertificates?: ConnectOptions["onCertificates"],
): Promise<TLSSocket> {
  stopwatch.begin("tls");
  const { host } = hostAndPort(to);
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
  // Node looks at the certificate in this event, too, and closes the connection where it is not good.
  secured.prependOnceListener("secure", () => onCertificates?.(certificateEndsOf(secured)));
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
