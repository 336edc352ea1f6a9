import { channel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import type { Edges } from "../../src/edges.ts";

/** What a process's sockets did so far. */
export interface Traffic {
  /** Seconds since the process began. */
  readonly at: number;
  /** TCP connections that were begun; those to the API server by `https.request`, which are kept, aside. */
  readonly opened: number;
  readonly accepted: number;
  /** Both ways, without headers of TCP, UDP and IP. */
  readonly tcpBytes: number;
  readonly datagrams: number;
  readonly udpBytes: number;
}

/** Counts from now on, what goes by `openDatagrams` included. */
export function countTraffic(openDatagrams: Edges["openDatagrams"]) {
  const counts = { opened: 0, accepted: 0, tcpBytes: 0, datagrams: 0, udpBytes: 0 };
  const open = new Set<Socket>();
  const bytesOf = (socket: Socket) => socket.bytesRead + socket.bytesWritten;
  const follow = (what: "opened" | "accepted") => (message: unknown) => {
    const { socket } = message as { socket: Socket };
    counts[what] += 1;
    open.add(socket);
    socket.once("close", () => {
      counts.tcpBytes += bytesOf(socket);
      open.delete(socket);
    });
  };
  const countDatagram = (message: Uint8Array) => {
    counts.datagrams += 1;
    counts.udpBytes += message.length;
  };
  channel("net.client.socket").subscribe(follow("opened"));
  channel("net.server.socket").subscribe(follow("accepted"));

  const openCounted: Edges["openDatagrams"] = async (options) => {
    const socket = await openDatagrams({
      ...options,
      onMessage(message, from) {
        countDatagram(message);
        options.onMessage(message, from);
      },
    });
    return {
      ...socket,
      send(message, to) {
        countDatagram(message);
        socket.send(message, to);
      },
    };
  };
  return {
    openDatagrams: openCounted,
    read: (): Traffic => ({
      at: performance.now() / 1000,
      ...counts,
      tcpBytes: counts.tcpBytes + open.values().reduce((sum, socket) => sum + bytesOf(socket), 0),
    }),
  };
}
