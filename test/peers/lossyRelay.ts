import { connect, type Socket } from "node:net";
import { type Peer, startTcpPeer } from "./httpPeer.ts";

/** A piece of a stream on its way to the server or back; connections count from 1. */
export interface Piece {
  readonly direction: "out" | "in";
  readonly bytes: number;
  readonly connection: number;
}

/** A relay to `port` that loses a piece for which `loses` says so, and with it all that follows, as TCP does when no copy gets through. */
export async function startLossyRelay(port: number, loses: (piece: Piece) => boolean): Promise<Peer> {
  let connections = 0;
  return startTcpPeer((client) => {
    connections += 1;
    const connection = connections;
    const server = connect(port, "127.0.0.1");
    server.on("error", () => {});
    forward(client, server, (bytes) => loses({ direction: "out", bytes, connection }));
    forward(server, client, (bytes) => loses({ direction: "in", bytes, connection }));
  });
}

function forward(from: Socket, to: Socket, loses: (bytes: number) => boolean): void {
  let stuck = false;
  from.on("data", (chunk: Buffer) => {
    stuck ||= loses(chunk.length);
    if (!stuck) to.write(chunk);
  });
  from.once("close", () => to.destroy());
}
