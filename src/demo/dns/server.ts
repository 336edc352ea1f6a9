import { createServer, type Socket } from "node:net";
import type { DecodedPacket, Packet } from "dns-packet";
import { AUTHORITATIVE_ANSWER, decode, encode, streamEncode } from "dns-packet";
import type { DatagramOptions, Datagrams } from "../../edges.ts";
import { listen } from "../network/listener.ts";
import type { Zone } from "./zone.ts";

export interface DnsServerOptions {
  readonly address: string;
  /** For UDP and TCP; 0 chooses a free one. */
  readonly port: number;
  readonly zone: Zone;
  /** Opens a socket at `address`. */
  readonly openDatagrams: (options: DatagramOptions) => Promise<Datagrams>;
}

export interface DnsServer extends AsyncDisposable {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves a zone over UDP and TCP. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { address, zone } = options;
  const tcp = await listen(
    createServer((socket) => serveStream(socket, zone)),
    address,
    options.port,
  );
  const udp = await options.openDatagrams({
    port: tcp.port,
    onMessage(message, from) {
      const answer = answerTo(decodeOrNothing(message), zone);
      if (answer !== undefined) udp.send(encode(answer), from);
    },
    // Who asked is gone.
    onError: () => {},
  });
  const stop = async () => {
    udp.close();
    await tcp.close();
  };
  return { port: tcp.port, stop, [Symbol.asyncDispose]: stop };
}

/** Each message has its length before it (RFC 1035, 4.2.2). */
function serveStream(socket: Socket, zone: Zone): void {
  let pending = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = 2 + pending.readUInt16BE(0);
      const question = decodeOrNothing(pending.subarray(2, length));
      pending = pending.subarray(length);
      const answer = answerTo(question, zone);
      if (answer !== undefined) socket.write(streamEncode(answer));
    }
  });
}

/** Junk gets no answer. */
function decodeOrNothing(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

const codes = { NOERROR: 0, NXDOMAIN: 3, REFUSED: 5 };

function answerTo(packet: DecodedPacket | undefined, zone: Zone): Packet | undefined {
  const question = packet?.questions?.[0];
  if (packet?.type !== "query" || question === undefined) return undefined;
  const resolution = zone(question);
  const addresses = resolution.rcode === "NOERROR" ? resolution.addresses : [];
  const authority = resolution.rcode === "REFUSED" ? 0 : AUTHORITATIVE_ANSWER;
  return {
    type: "response",
    ...(packet.id === undefined ? {} : { id: packet.id }),
    flags: authority | codes[resolution.rcode],
    questions: [question],
    answers: addresses.map((data) => ({ type: "A", name: question.name, ttl: 5, data })),
  };
}
