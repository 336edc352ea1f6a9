import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import type { SocketAddress } from "../edges.ts";
import type { CertificatePair } from "./certificates.ts";
import { listen } from "./network/listener.ts";

export interface IngressOptions {
  readonly address: string;
  /** 0 chooses a free one. */
  readonly port: number;
  readonly certificate: CertificatePair;
  /** Ready endpoints behind a host name; undefined where the host is unknown. */
  readonly backendsOf: (host: string) => readonly SocketAddress[] | undefined;
  readonly connect: (to: SocketAddress) => Socket;
  /** While true, every request is answered 502. */
  readonly failing: () => boolean;
}

export interface Ingress extends AsyncDisposable {
  readonly port: number;
  stop(): Promise<void>;
}

/** ingress-nginx's defaults: five seconds to connect, and an endpoint that can't be reached is passed over twice. */
const connectSeconds = 5;
const tries = 3;

/** Serves HTTPS and passes requests on to a backend chosen by their Host. */
export async function startIngress(options: IngressOptions): Promise<Ingress> {
  const server = createServer(options.certificate, (incoming, outgoing) => {
    serve(incoming, outgoing, options).catch(() => fail(outgoing, 502));
  });
  server.on("tlsClientError", () => {});
  const listener = await listen(server, options.address, options.port);
  return { port: listener.port, stop: listener.close, [Symbol.asyncDispose]: listener.close };
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, options: IngressOptions) {
  if (options.failing()) return fail(outgoing, 502);
  const backends = options.backendsOf(incoming.headers.host?.replace(/:\d+$/, "") ?? "");
  if (backends === undefined) return fail(outgoing, 404);
  if (backends.length === 0) return fail(outgoing, 503);
  const first = Math.floor(Math.random() * backends.length);
  const inTurn = [...backends.slice(first), ...backends.slice(0, first)].slice(0, tries);
  const socket = await connectToFirst(inTurn, options.connect, outgoing);
  const passedOn = request({
    createConnection: () => socket,
    ...{ method: incoming.method, path: incoming.url, headers: { ...incoming.headers, connection: "close" } },
  });
  outgoing.once("close", () => passedOn.destroy());
  incoming.pipe(passedOn);
  const [answer] = (await once(passedOn, "response")) as [IncomingMessage];
  passedOn.on("error", () => outgoing.destroy());
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.pipe(outgoing);
}

/** @throws the last one's error where none can be reached. */
async function connectToFirst(
  backends: readonly SocketAddress[],
  connect: (to: SocketAddress) => Socket,
  outgoing: ServerResponse,
): Promise<Socket> {
  let failure: unknown;
  for (const backend of backends) {
    const left = AbortSignal.timeout(connectSeconds * 1000);
    const socket = connect(backend);
    outgoing.once("close", () => socket.destroy());
    try {
      await once(socket, "connect", { signal: left });
      return socket;
    } catch (error) {
      socket.destroy();
      failure = error;
    }
    if (outgoing.destroyed) break;
  }
  throw failure;
}

const statusTexts = {
  404: "404 Not Found",
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
};

function fail(outgoing: ServerResponse, status: keyof typeof statusTexts): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing.writeHead(status, { "content-type": "text/plain" }).end(`${statusTexts[status]}\n`);
}
