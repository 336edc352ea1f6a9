import { Agent } from "node:http";
import type { Socket } from "node:net";
import type { SocketAddress } from "../../edges.ts";
import type { Expectation } from "./expectation.ts";
import type { Trust } from "./trust.ts";

/** Where an HTTP attempt goes, and how. */
export interface HttpTarget {
  readonly url: URL;
  /** Go only to `url`'s own origin. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where to connect in place of the URL's host, which stays the one that is asked for and whose certificate is expected. */
  readonly connectTo?: SocketAddress;
  /** Absent means that a status of 200 is good, whatever the body. */
  readonly expect?: Expectation;
  /**
   * Reads the bearer token, which goes only to `url`'s own origin over a connection whose certificate was verified.
   * @throws the file system's error where it can't be read.
   */
  readonly bearerToken?: () => string;
  readonly proxyFor: (url: URL) => URL | undefined;
  readonly trust: Trust;
  readonly connections: Connections;
}

/** Makes requests go over a connection that was opened beforehand, and keeps it for the next attempt or not. */
export class Connections extends Agent {
  #prepared: Socket | undefined;
  readonly reuse: boolean;

  constructor(reuse: boolean) {
    super({ keepAlive: reuse });
    this.reuse = reuse;
  }

  prepare(socket: Socket): void {
    this.#prepared = socket;
  }

  override createConnection(): Socket {
    const socket = this.#prepared;
    this.#prepared = undefined;
    if (socket === undefined) throw new Error("no connection was prepared");
    return socket;
  }

  /** Whether the next request finds a connection to `host` that is still open. */
  hasKept(host: string): boolean {
    return this.freeSockets[this.getName({ host, port: 80 })]?.some((socket) => !socket.destroyed) ?? false;
  }
}
