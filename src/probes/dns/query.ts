import { type DecodedPacket, decode, encode, type OptAnswer, RECURSION_DESIRED } from "dns-packet";
import type { DnsTarget } from "./target.ts";

/** Datagrams of this size are not fragmented anywhere (DNS flag day 2020). */
const largestDatagram = 1232;

/** One question. */
export interface Query {
  /** As a datagram. */
  readonly message: Buffer;
  /** Reads what came back. */
  read(message: Buffer): Received;
}

type Received =
  | Answer
  /** Something else than an answer to this question. */
  | { readonly state: "mismatch"; readonly detail: string };

export interface Answer {
  readonly state: "answer";
  readonly rcode: string;
  readonly truncated: boolean;
  readonly bytes: number;
  /** How many records of the asked type there are. */
  readonly records: number;
}

/** Makes a question with recursion, an id of its own and EDNS (RFC 1035, RFC 6891). `random` is uniform in [0, 1). */
export function createQuery({ name, type }: Pick<DnsTarget, "name" | "type">, random: () => number): Query {
  const id = Math.floor(random() * 65_536);
  const question = { name: name.replace(/\.$/, ""), type } as const;
  return {
    message: encode({
      type: "query",
      id,
      flags: RECURSION_DESIRED,
      questions: [question],
      additionals: [edns],
    }),
    read(message) {
      const decoded = decodeOrNothing(message);
      const wrong = decoded === undefined ? "can't be read" : mismatchOf(decoded);
      if (decoded === undefined || wrong !== undefined)
        return { state: "mismatch", detail: `an answer of ${message.length} bytes ${wrong}` };
      return {
        state: "answer",
        rcode: decoded.rcode,
        truncated: decoded.flag_tc,
        bytes: message.length,
        records: (decoded.answers ?? []).filter((record) => record.type === type).length,
      };
    },
  };

  function mismatchOf(answer: Decoded): string | undefined {
    const [asked] = answer.questions ?? [];
    if (answer.type !== "response") return "is a question";
    if (answer.id !== id) return "has another id";
    // A server that could not read the question can't repeat it.
    if (asked === undefined && answer.rcode !== "NOERROR") return undefined;
    const same = asked?.type === type && asked.name.toLowerCase() === question.name.toLowerCase();
    return same ? undefined : "is to another question";
  }
}

const edns: OptAnswer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: largestDatagram,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

/** The package's types leave the code out. */
type Decoded = DecodedPacket & { readonly rcode: string };

function decodeOrNothing(message: Buffer): Decoded | undefined {
  try {
    const decoded = decode(message) as Decoded;
    // The package does not mind when the last address is cut off.
    return decode.bytes > message.length ? undefined : decoded;
  } catch {
    return undefined;
  }
}
