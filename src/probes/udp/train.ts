import { randomBytes } from "node:crypto";
import type { Clock } from "../../edges.ts";
import { type Answer, decodeAnswer, encodeRequest } from "./datagram.ts";
import type { UdpReading } from "./reading.ts";
import { createRoundTrips } from "./roundTrips.ts";

/** How many datagrams a train has. */
export const trainLength = 10;

/** Datagrams sent one after the other to one responder, and what came back of them. */
export interface Train {
  /** The next datagram to send. */
  datagram(): Buffer;
  /** The next query for the responder's count. */
  query(): Buffer;
  /** `complete` with the last answer that was missing, `counted` with the answer to a query; what is no answer to this train does not count. */
  take(message: Buffer): "complete" | "counted" | "more";
  reading(): UdpReading;
  /** The median in seconds, without the time that the responder had the datagram; absent without an answer. */
  roundTripSeconds(): number | undefined;
}

export function createTrain(clock: Clock, key?: string): Train {
  const id = randomBytes(8).readBigUInt64BE();
  const begun = clock.now();
  const sent = { datagrams: 0, queries: 0 };
  const returned = new Set<number>();
  const roundTrips = createRoundTrips();
  let received = 0;
  let counted = false;
  let duplicates = 0;
  let reordered = 0;
  let highest = -1;

  const next = (kind: "datagrams" | "queries") =>
    encodeRequest({ train: id, sequence: sent[kind]++, query: kind === "queries", sentAt: clock.now() }, key);
  const isOurs = ({ train, query, sequence, sentAt }: Answer, now: number) =>
    train === id && sequence < (query ? sent.queries : sent.datagrams) && sentAt >= begun && sentAt <= now;
  const note = ({ sequence, sentAt, heldSeconds }: Answer, now: number) => {
    if (sequence < highest) reordered++;
    highest = Math.max(highest, sequence);
    returned.add(sequence);
    roundTrips.add(Math.max(0, now - sentAt - heldSeconds));
  };

  return {
    datagram: () => next("datagrams"),
    query: () => next("queries"),
    take(message) {
      const now = clock.now();
      const answer = decodeAnswer(message, key);
      if (answer === undefined || !isOurs(answer, now)) return "more";
      received = Math.max(received, answer.received);
      if (answer.query) {
        counted = true;
        return "counted";
      }
      if (returned.has(answer.sequence)) {
        duplicates++;
        return "more";
      }
      note(answer, now);
      return returned.size === trainLength ? "complete" : "more";
    },
    reading() {
      // What came back arrived, even if the responder forgot it, and no more can have arrived than was sent.
      const arrived = Math.min(Math.max(received, returned.size), sent.datagrams);
      const lost = { forward: sent.datagrams - arrived, reverse: arrived - returned.size };
      const jitterSeconds = roundTrips.jitterSeconds();
      return {
        kind: "udp",
        ...{ sent: sent.datagrams, returned: returned.size, duplicates, reordered },
        // Before the queries, the count lacks what arrived after the last answer left.
        ...(counted || returned.size === trainLength ? { lost } : {}),
        ...(jitterSeconds === undefined ? {} : { jitterSeconds }),
      };
    },
    roundTripSeconds: roundTrips.medianSeconds,
  };
}
