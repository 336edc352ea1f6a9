import { createHmac, timingSafeEqual } from "node:crypto";

/** The header that carries the signature of a request between agents. */
export const signatureHeader = "kubenurse-signature";

/** HMAC-SHA256 of a request's path and body, in hexadecimal digits. */
export function sign(key: string, path: string, body: string | Uint8Array): string {
  return createHmac("sha256", key).update(`${path}\n`).update(body).digest("hex");
}

/** Whether `signature`, as anybody may have sent it, is that of path and body with one of the keys. */
export function isSigned(
  keys: readonly string[],
  path: string,
  body: string | Uint8Array,
  signature: string | undefined,
): boolean {
  const given = Buffer.from(signature ?? "");
  return keys.some((key) => {
    const expected = Buffer.from(sign(key, path, body));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
