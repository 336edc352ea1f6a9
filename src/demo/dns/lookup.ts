import { setTimeout as sleep } from "node:timers/promises";
import type { DecodedPacket } from "dns-packet";
import { decode, encode, RECURSION_DESIRED } from "dns-packet";
import type { DatagramOptions, Datagrams, SocketAddress } from "../../edges.ts";

export interface LookupOptions {
  readonly server: SocketAddress;
  readonly openDatagrams: (options: DatagramOptions) => Promise<Datagrams>;
  /** Ends lookups under way. */
  readonly signal: AbortSignal;
  readonly timeoutSeconds?: number;
}

/** glibc's defaults (resolv.conf(5)). */
const attempts = 2;
const timeoutSecondsByDefault = 5;

/**
 * Makes a lookup that asks over UDP, as glibc does: at most twice, from one port, so that a Service sends both questions to the
 * same replica. A lookup rejects as `dns.lookup` does: with ENOTFOUND or EAI_AGAIN as `code`.
 */
export function createLookup(options: LookupOptions): (hostname: string) => Promise<string> {
  const { server, openDatagrams, signal, timeoutSeconds = timeoutSecondsByDefault } = options;
  return async (hostname) => {
    let heard = (_answer: DecodedPacket): void => {};
    const socket = await openDatagrams({
      peer: server,
      onMessage: (message) => heard(decode(message)),
      // A closed port is as silent as none: the next question may find it open.
      onError: () => {},
    });
    try {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const { promise, resolve } = Promise.withResolvers<DecodedPacket>();
        const id = Math.floor(Math.random() * 65_536);
        heard = (answer) => void (answer.id === id && resolve(answer));
        socket.send(queryFor(hostname, id), server);
        const answer = await Promise.race([promise, timeout(timeoutSeconds, signal)]);
        if (answer !== "timeout") return firstAddress(answer, hostname);
      }
      throw lookupError("EAI_AGAIN", hostname);
    } finally {
      socket.close();
    }
  };
}

function queryFor(name: string, id: number): Buffer {
  const questions = [{ type: "A" as const, name }];
  return encode({ type: "query", id, flags: RECURSION_DESIRED, questions });
}

function timeout(seconds: number, signal: AbortSignal): Promise<"timeout"> {
  return sleep(seconds * 1000, "timeout" as const, { signal, ref: false }).catch(() => "timeout");
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
