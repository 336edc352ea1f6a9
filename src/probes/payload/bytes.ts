import { createCipheriv } from "node:crypto";

/** Some twelve full packets: more than any small message has, and there in two round trips, as TCP begins with ten (RFC 6928). */
export const payloadBytes = 16 * 1024;

/** The large message, the same at both ends and at all times, which nothing on the way can compress. */
export function makePayload(): Buffer<ArrayBuffer> {
  const zeros = Buffer.alloc(16);
  return createCipheriv("aes-128-ctr", zeros, zeros).update(Buffer.alloc(payloadBytes));
}
