import { channel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
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
  /** Garbage collections of the young generation and of all, and how long the main thread waited for both. */
  readonly young: number;
  readonly old: number;
  readonly gcSeconds: number;
}

interface Collection {
  readonly detail: { readonly kind: number };
}

/** Counts from now on, what goes by `openDatagrams` included. */
export function countTraffic(openDatagrams: Edges["openDatagrams"]) {
  const counts = { opened: 0, accepted: 0, tcpBytes: 0, datagrams: 0, udpBytes: 0 };
  const collections = { young: 0, old: 0, gcSeconds: 0 };
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
  new PerformanceObserver((list) => {
    // Their type leaves the detail out.
    for (const { duration, detail } of list.getEntries() as (PerformanceEntry & Collection)[]) {
      collections[detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? "young" : "old"] += 1;
      collections.gcSeconds += duration / 1000;
    }
  }).observe({ entryTypes: ["gc"] });
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
      ...collections,
      tcpBytes: counts.tcpBytes + open.values().reduce((sum, socket) => sum + bytesOf(socket), 0),
    }),
  };
}
