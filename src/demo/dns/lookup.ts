import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { DecodedPacket } from "dns-packet";
import { decode, encode, RECURSION_DESIRED } from "dns-packet";
import type { SocketAddress } from "../../edges.ts";
import type { Link } from "../network/relay.ts";

export interface LookupOptions {
  readonly replicas: readonly SocketAddress[];
  /** The node's own address. */
  readonly localAddress: string;
  /** The way to a replica. */
  readonly linkTo: (address: string) => Link;
  /** Ends lookups under way. */
  readonly signal: AbortSignal;
  readonly timeoutSeconds?: number;
}

/** glibc's defaults (resolv.conf(5)). */
const attempts = 2;
const timeoutSecondsByDefault = 5;

/**
 * Makes a lookup that asks over UDP, as glibc does: at most twice, from one port. The Service address of the DNS spreads over the
 * replicas by connection, so the second question goes to the same replica as the first.
 * A lookup rejects as `dns.lookup` does: with ENOTFOUND or EAI_AGAIN as `code`.
 */
export function createLookup(options: LookupOptions): (hostname: string) => Promise<string> {
  const { replicas, localAddress, linkTo, signal, timeoutSeconds = timeoutSecondsByDefault } = options;
  return async (hostname) => {
    const replica = replicas[Math.floor(Math.random() * replicas.length)];
    if (replica === undefined) throw lookupError("EAI_AGAIN", hostname);
    const socket = createSocket("udp4");
    try {
      socket.bind(0, localAddress);
      await once(socket, "listening");
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const timeout = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]);
        const answer = await ask(socket, hostname, replica, linkTo(replica.address), timeout);
        if (answer !== "timeout") return firstAddress(answer, hostname);
      }
      throw lookupError("EAI_AGAIN", hostname);
    } finally {
      socket.close();
    }
  };
}

/** A datagram that is lost on either way is lost. */
async function ask(
  socket: Socket,
  name: string,
  to: SocketAddress,
  link: Link,
  signal: AbortSignal,
): Promise<DecodedPacket | "timeout"> {
  const id = Math.floor(Math.random() * 65_536);
  const there = link.there();
  try {
    await sleep(there.delaySeconds * 1000, undefined, { signal });
    if (Math.random() >= there.lossShare) {
      const question = { type: "A" as const, name };
      const query = encode({ type: "query", id, flags: RECURSION_DESIRED, questions: [question] });
      socket.send(query, to.port, to.address);
    }
    for (;;) {
      const [message] = await once(socket, "message", { signal });
      const answer = decode(message);
      const back = link.back();
      if (answer.id !== id || Math.random() < back.lossShare) continue;
      await sleep(back.delaySeconds * 1000, undefined, { signal });
      return answer;
    }
  } catch (error) {
    if (signal.aborted) return "timeout";
    throw error;
  }
}

function firstAddress({ rcode, answers }: DecodedPacket & { rcode?: string }, hostname: string): string {
  if (rcode === "NXDOMAIN") throw lookupError("ENOTFOUND", hostname);
  if (rcode !== "NOERROR") throw lookupError("EAI_AGAIN", hostname);
  for (const answer of answers ?? []) if (answer.type === "A") return answer.data;
  throw lookupError("ENOTFOUND", hostname);
}

function lookupError(code: "ENOTFOUND" | "EAI_AGAIN", hostname: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), {
    code,
    syscall: "getaddrinfo",
    hostname,
  });
}
