import { createHmac, timingSafeEqual } from "node:crypto";

/** The length of every datagram, so that an answer is never larger than its request. */
export const datagramBytes = 64;
/** Sequence numbers are below this. */
export const mostSequences = 32;

/** A datagram of a train, or a query after it. */
export interface Request {
  /** A random number of 64 bits that no other train has. */
  readonly train: bigint;
  /** Its place from 0, queries counted by themselves. */
  readonly sequence: number;
  /** A query asks how many datagrams arrived, and is none of them. */
  readonly query: boolean;
  /** Seconds of the sender's monotonic clock; says nothing to anybody else. */
  readonly sentAt: number;
}

/** Its own request, and what the responder adds. */
export interface Answer extends Request, Addition {}

interface Addition {
  /** Distinct datagrams of the train that arrived so far. */
  readonly received: number;
  /** Seconds from the request's arrival to the answer. */
  readonly heldSeconds: number;
}

/** Offsets in bytes; numbers are big-endian. What is between 32 and the signature is 0. */
const at = { magic: 0, flags: 4, sequence: 5, train: 8, sentAt: 16, received: 24, held: 28, signature: 48 };
/** `knu` and the version of the format. */
const magic = 0x6b6e7501;
const flags = { answer: 1, query: 2 };
const mostMicroseconds = 0xffff_ffff;

/** With a `key`, the datagram is signed. */
export function encodeRequest({ train, sequence, query, sentAt }: Request, key?: string): Buffer {
  const datagram = Buffer.alloc(datagramBytes);
  datagram.writeUInt32BE(magic, at.magic);
  datagram.writeUInt8(query ? flags.query : 0, at.flags);
  datagram.writeUInt8(sequence, at.sequence);
  datagram.writeBigUInt64BE(train, at.train);
  datagram.writeDoubleBE(sentAt, at.sentAt);
  return signed(datagram, key);
}

/** Overwrites a request that was read before with its answer. */
export function turnIntoAnswer(request: Buffer, { received, heldSeconds }: Addition, key?: string): Buffer {
  request.writeUInt8(request.readUInt8(at.flags) | flags.answer, at.flags);
  request.writeUInt32BE(received, at.received);
  request.writeUInt32BE(Math.min(Math.round(heldSeconds * 1e6), mostMicroseconds), at.held);
  return signed(request, key);
}

/** `unsigned` is what was not signed with `key`, where there is one. */
export function decodeRequest(message: Buffer, key?: string): Request | "malformed" | "unsigned" {
  if (!isOurs(message) || isAnswer(message)) return "malformed";
  return isSigned(message, key) ? fieldsOf(message) : "unsigned";
}

/** Absent where it is no answer, or not signed with `key`. */
export function decodeAnswer(message: Buffer, key?: string): Answer | undefined {
  if (!isOurs(message) || !isAnswer(message) || !isSigned(message, key)) return undefined;
  return {
    ...fieldsOf(message),
    received: message.readUInt32BE(at.received),
    heldSeconds: message.readUInt32BE(at.held) / 1e6,
  };
}

function isOurs(message: Buffer): boolean {
  return (
    message.length === datagramBytes &&
    message.readUInt32BE(at.magic) === magic &&
    message.readUInt8(at.sequence) < mostSequences
  );
}

function isAnswer(message: Buffer): boolean {
  return (message.readUInt8(at.flags) & flags.answer) !== 0;
}

function fieldsOf(message: Buffer): Request {
  return {
    train: message.readBigUInt64BE(at.train),
    sequence: message.readUInt8(at.sequence),
    query: (message.readUInt8(at.flags) & flags.query) !== 0,
    sentAt: message.readDoubleBE(at.sentAt),
  };
}

function signed(datagram: Buffer, key: string | undefined): Buffer {
  if (key !== undefined) signatureOf(datagram, key).copy(datagram, at.signature);
  return datagram;
}

function isSigned(message: Buffer, key: string | undefined): boolean {
  return key === undefined || timingSafeEqual(message.subarray(at.signature), signatureOf(message, key));
}

/** HMAC-SHA256 over all that stands before it, cut to 16 bytes. */
function signatureOf(message: Buffer, key: string): Buffer {
  const whole = createHmac("sha256", key).update(message.subarray(0, at.signature)).digest();
  return whole.subarray(0, datagramBytes - at.signature);
}
