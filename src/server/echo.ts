import type { Datagrams, Edges, SocketAddress } from "../edges.ts";
import { decodeRequest, turnIntoAnswer } from "../probes/udp/datagram.ts";
import { createRateLimit, defaultEchoLimits, type EchoLimits } from "./echoLimits.ts";
import { createTrainCounts } from "./echoTrains.ts";
import { unmappedAddress } from "./unmappedAddress.ts";

export interface EchoOptions {
  readonly edges: Pick<Edges, "clock" | "openDatagrams" | "log">;
  /** 0 means any free port. */
  readonly port: number;
  /** With keys the signature decides, and the address does not matter; what is signed with one is answered with it. */
  readonly keys: readonly string[];
  /** Whether an address, IPv4 or IPv6, is another agent's. */
  readonly isAgent: (address: string) => boolean;
  readonly limits?: EchoLimits;
}

/** Answers the datagrams of other agents' `udp` checks, and nothing else. */
export interface Echo {
  /**
   * Resolves to the port once it answers.
   * @throws the system's error where the port can't be used, as `cause`.
   */
  start(): Promise<number>;
  stop(): void;
  counts(): EchoCounts;
}

/** Datagrams since the start. */
interface EchoCounts {
  readonly answered: number;
  readonly dropped: Readonly<Record<Drop, number>>;
}

/** No datagram of ours, not from an agent, not signed with our key, more than the limits allow. */
type Drop = "malformed" | "unknown" | "unsigned" | "limited";

/**
 * A datagram that is signed can be sent again by whoever saw it, with a false source: no freshness is demanded, since what
 * that one then gets is no larger than what was sent, and limited as everything is.
 */
export function createEcho({ edges, port, keys, isAgent, limits = defaultEchoLimits }: EchoOptions): Echo {
  const { clock, openDatagrams, log } = edges;
  const isWithinLimits = createRateLimit(clock, limits);
  const countTrain = createTrainCounts(clock, limits);
  const dropped = { malformed: 0, unknown: 0, unsigned: 0, limited: 0 };
  let answered = 0;
  let socket: Datagrams | undefined;

  /** Answers in the datagram's own memory, which nobody else has. */
  const handle = (message: Buffer, from: SocketAddress): Drop | "answered" => {
    const arrivedAt = clock.now();
    const { request, key } = decodeWithAny(message, keys);
    if (typeof request === "string") return request;
    const address = unmappedAddress(from.address);
    if (key === undefined && !isAgent(address)) return "unknown";
    if (!isWithinLimits(address)) return "limited";
    const received = countTrain(request);
    socket?.send(turnIntoAnswer(message, { received, heldSeconds: clock.now() - arrivedAt }, key), from);
    return "answered";
  };

  return {
    async start() {
      try {
        socket = await openDatagrams({
          port,
          onMessage(message, from) {
            const outcome = handle(message, from);
            if (outcome === "answered") answered++;
            else dropped[outcome]++;
          },
          // Its sender misses the answer, and says so.
          onError: (error) => log.debug({ err: error }, "cannot answer a datagram"),
        });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`cannot listen on UDP port ${port} (KUBENURSE_UDP_PORT): ${reason}`, { cause });
      }
      return socket.port;
    },
    stop: () => socket?.close(),
    counts: () => ({ answered, dropped: { ...dropped } }),
  };
}

/** With the key by which it is signed, where there are keys. Each try makes a signature, so that none is made twice. */
function decodeWithAny(message: Buffer, keys: readonly string[]) {
  if (keys.length === 0) return { request: decodeRequest(message) };
  for (const key of keys) {
    const request = decodeRequest(message, key);
    if (request !== "unsigned") return { request, key };
  }
  return { request: "unsigned" } as const;
}
