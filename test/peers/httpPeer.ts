import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";

/** A server, on a free port of 127.0.0.1 unless told otherwise, that knows its connections. */
export interface Peer extends AsyncDisposable {
  readonly port: number;
  readonly url: URL;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Resolves when no connection is open any more. */
  allClosed(): Promise<void>;
}

/** A real HTTP server that also keeps the requests it got. */
export async function startHttpPeer(
  answer: RequestListener,
  at?: { address: string; port: number },
): Promise<Peer & { readonly requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  return Object.assign(await peerOf(server, "http", at), { requests });
}

/** A TCP server that does with a connection whatever the test says. */
export async function startTcpPeer(onConnection: (socket: Socket) => void): Promise<Peer> {
  return peerOf(
    createTcpServer((socket) => {
      // Reads on, or else the end of the connection would not be seen.
      socket.resume();
      onConnection(socket);
    }),
  );
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, [Symbol.asyncDispose]: close } = await startTcpPeer(() => {});
  await close();
  return port;
}

export async function peerOf(
  server: Server | TcpServer,
  protocol = "http",
  at = { address: "127.0.0.1", port: 0 },
): Promise<Peer> {
  const open = new Set<Socket>();
  let accepted = 0;
  let onAllClosed = () => {};
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      open.delete(socket);
      if (open.size === 0) onAllClosed();
    });
  });
  server.listen(at.port, at.address);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: new URL(`${protocol}://${at.address}:${port}/alwayshappy`),
    get accepted() {
      return accepted;
    },
    allClosed: () =>
      new Promise((resolve) => {
        onAllClosed = resolve;
        if (open.size === 0) resolve();
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
