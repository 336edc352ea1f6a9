import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server that accepts connections. */
export interface Listener {
  readonly port: number;
  /** Closes the port and destroys every connection that is still open. */
  close(): Promise<void>;
}

/** @throws the operating system's error, with `address` and `port`, where it can't be bound. */
export async function listen(server: Server, address: string, port: number): Promise<Listener> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", track);
  await once(server.listen(port, address), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.off("connection", track);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
