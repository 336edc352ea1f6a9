import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";

/**
 * Keeps at most `most` connections to `server`: one more closes the one that has been idle for the longest, or is refused
 * where none is idle. Returns those that are open.
 */
export function limitConnections(server: Server, most: number): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  // In the order in which they became idle. With TLS, those whose handshake is done.
  const idle = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    if (open.size <= most) return;
    const [closed = socket] = idle;
    idle.delete(closed);
    closed.destroy();
  });
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    if (socket.destroyed) return;
    idle.add(socket);
    socket.once("close", () => idle.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    idle.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
  return open;
}
