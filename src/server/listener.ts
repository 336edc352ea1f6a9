import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Edges } from "../edges.ts";
import { boundedListener, serverOptions } from "./boundedListener.ts";
import { type Certificate, createCertificate } from "./certificate.ts";
import { limitConnections } from "./connectionLimit.ts";
import type { Limits } from "./limits.ts";

/** One listening port. */
export interface Listener {
  readonly port: number;
  /** Accepts no more, and resolves when the last connection ended. */
  close(): Promise<void>;
  /** Ends all connections at once. */
  destroy(): void;
}

export interface ListenerOptions {
  readonly port: number;
  readonly handle: RequestListener;
  /** Present for HTTPS. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly limits: Limits;
  readonly edges: Pick<Edges, "clock" | "listenAddress" | "log">;
}

/** Resolves once connections are accepted; rejects when the address is taken or the certificate can't be used. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { port, handle, tls, limits, edges } = options;
  let closing = false;
  const listener: RequestListener = (request, response) => {
    response.once("close", () => {
      if (closing) request.socket.destroySoon();
    });
    handle(request, response);
  };

  const server = createNodeServer(boundedListener(listener, limits, edges.clock), tls, limits, edges);
  const sockets = limitConnections(server, limits.connections);
  const address = await listen(server, port, edges.listenAddress);
  // As when no file descriptor is left; without a listener it would end the process.
  server.on("error", (error) => edges.log.error({ err: error }, "cannot accept a connection"));

  return {
    port: address.port,
    close() {
      closing = true;
      return new Promise((resolve) => server.close(() => resolve()));
    },
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function createNodeServer(
  listener: RequestListener,
  tls: ListenerOptions["tls"],
  limits: Limits,
  { log }: Pick<Edges, "log">,
): Server {
  if (tls === undefined) return createHttpServer(serverOptions(limits), listener);
  const certificate = createCertificate(tls);
  const server = createHttpsServer(
    {
      ...serverOptions(limits),
      ...certificate.renewed(),
      minVersion: "TLSv1.2",
      handshakeTimeout: limits.headerSeconds * 1000,
    },
    listener,
  );
  // Ahead of the listener that starts the handshake, so that this connection gets the new certificate already.
  server.prependListener("connection", () => renew(server, certificate, log));
  return server;
}

function renew(
  server: ReturnType<typeof createHttpsServer>,
  certificate: Certificate,
  log: Edges["log"],
): void {
  try {
    const pair = certificate.renewed();
    if (pair !== undefined) server.setSecureContext({ ...pair, minVersion: "TLSv1.2" });
  } catch (error) {
    log.error({ err: error }, "keeping the previous certificate");
  }
}

async function listen(server: Server, port: number, host: string | undefined): Promise<AddressInfo> {
  server.listen({ port, ...(host !== undefined && { host }) });
  try {
    await once(server, "listening");
  } catch (cause) {
    const where = `${host ?? "all addresses"}, port ${port}`;
    throw new Error(`cannot listen on ${where}: ${reasonOf(cause)}`, { cause });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP listener has a port");
  return address;
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && cause.code === "EADDRINUSE" ? "it is already in use" : cause.message;
}
