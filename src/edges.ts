import type { Socket } from "node:net";
import type { Logger } from "pino";

/** Time as the agent sees it. Everything that waits or measures goes through one of these. */
export interface Clock {
  /** Monotonic seconds since an arbitrary start. */
  now(): number;
  /** Unix time in seconds, for what is shown or compared with timestamps of the cluster. */
  wallNow(): number;
  /** Calls back once after `seconds`; the returned function cancels it. */
  after(seconds: number, callback: () => void): () => void;
}

/** One address of one family, as a connection needs it. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** A UDP socket with a port of its own. */
export interface Datagrams {
  readonly port: number;
  /** An error of sending or receiving goes to the handler. */
  send(message: Uint8Array, to: SocketAddress): void;
  /** Nothing is delivered any more; may be called again. */
  close(): void;
}

export interface DatagramOptions {
  /** Absent means a free port that the system chooses. */
  readonly port?: number;
  /** Only datagrams from there are delivered, and its port's being closed is an error (ECONNREFUSED). */
  readonly peer?: SocketAddress;
  readonly onMessage: (message: Buffer, from: SocketAddress) => void;
  readonly onError: (error: NodeJS.ErrnoException) => void;
}

/** What touches the world and can be replaced; `realEdges` holds the real ones. */
export interface Edges {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Resolves a host name to its first address; rejects with the resolver's error. */
  readonly lookup: (hostname: string) => Promise<string>;
  /** Starts one TCP connection attempt to one literal address and returns the connecting socket. */
  readonly connect: (to: SocketAddress) => Socket;
  /** Opens a UDP socket; rejects with the system's error where it can't be bound. */
  readonly openDatagrams: (options: DatagramOptions) => Promise<Datagrams>;
  /** The file with the resolver's name servers and search domains. */
  readonly resolvConf: string;
  /** Where the kernel shows its counters and settings: `self/net/netstat`, `sys/net/ipv4`. */
  readonly proc: string;
  /** The pod's name in a cluster; sent as the origin of neighbour checks. */
  readonly hostname: string;
  /** Addresses of this host's interfaces, to recognise the own pod where the hostname is the node's. */
  readonly localAddresses: () => readonly string[];
  /** Where the listeners bind; absent means every address of both families. */
  readonly listenAddress?: string;
  /** Holds `token` and `ca.crt`, re-read when they change. */
  readonly serviceAccountDirectory: string;
  readonly log: Logger;
  /** Whether the process is this agent's alone, so that its CPU time and memory are the agent's. */
  readonly ownsProcess: boolean;
}
