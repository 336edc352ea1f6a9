import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";
import { type DecodedPacket, decode, encode, type Packet, RECURSION_AVAILABLE } from "dns-packet";
import type { SocketAddress } from "../../src/edges.ts";
import { type Peer, startTcpPeer } from "./httpPeer.ts";

/** A DNS server over UDP that does with a query whatever the test says. */
export interface DnsPeer extends AsyncDisposable {
  readonly at: SocketAddress;
  /** The queries so far, each with the port that it came from. */
  readonly queries: { readonly message: DecodedPacket; readonly port: number }[];
}

export async function startDnsPeer(
  onQuery: (query: DecodedPacket, reply: (message: Uint8Array) => void) => void,
  address = "127.0.0.1",
): Promise<DnsPeer> {
  const queries: DnsPeer["queries"] = [];
  const socket = createSocket("udp4", (datagram, from) => {
    const message = decode(datagram);
    queries.push({ message, port: from.port });
    onQuery(message, (reply) => socket.send(reply, from.port, from.address));
  });
  socket.bind(0, address);
  await once(socket, "listening");
  return {
    at: { address, port: socket.address().port },
    queries,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

/** The same over TCP, for one query in each connection. */
export async function startDnsTcpPeer(
  onQuery: (query: DecodedPacket, socket: Socket) => void,
): Promise<Peer & { readonly at: SocketAddress }> {
  const peer = await startTcpPeer((socket) => {
    // A query comes in one piece, as RFC 7766 asks of clients.
    socket.once("data", (data: Buffer) => onQuery(decode(data.subarray(2)), socket));
  });
  return Object.assign(peer, { at: { address: "127.0.0.1", port: peer.port } });
}

export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** The answer of a sound server, except for what the test replaces. */
export function answerTo(query: DecodedPacket, replaced: Packet = {}): Buffer {
  const { id = 0, questions = [] } = query;
  const name = questions[0]?.name ?? "";
  return encode({
    type: "response",
    id,
    flags: RECURSION_AVAILABLE,
    questions,
    answers: [{ type: "A", name, ttl: 5, data: "10.96.0.1" }],
    ...replaced,
  });
}

/** A message as it goes over TCP. */
export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
