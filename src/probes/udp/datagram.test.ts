import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  datagramBytes,
  decodeAnswer,
  decodeRequest,
  encodeRequest,
  mostSequences,
  type Request,
  turnIntoAnswer,
} from "./datagram.ts";

const requests: fc.Arbitrary<Request> = fc.record({
  train: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  sequence: fc.nat({ max: mostSequences - 1 }),
  query: fc.boolean(),
  sentAt: fc.double({ noNaN: true }),
});
const additions = fc.record({
  received: fc.nat({ max: mostSequences }),
  heldSeconds: fc.nat({ max: 4_000_000_000 }).map((microseconds) => microseconds / 1e6),
});
const keys = fc.option(fc.string({ minLength: 1 }), { nil: undefined });

describe("a datagram", () => {
  it("says what was put into it, and its answer says so again with what was added", () => {
    fc.assert(
      fc.property(requests, additions, keys, (request, addition, key) => {
        const datagram = encodeRequest(request, key);
        expect(decodeRequest(datagram, key)).toEqual(request);
        expect(decodeAnswer(datagram, key)).toBeUndefined();
        const answer = turnIntoAnswer(datagram, addition, key);
        expect(decodeAnswer(answer, key)).toEqual({ ...request, ...addition });
        expect(decodeRequest(answer, key)).toBe("malformed");
        expect(answer).toHaveLength(datagramBytes);
      }),
    );
  });

  it("is no longer signed when any bit of it changes", () => {
    const bits = fc.nat({ max: datagramBytes * 8 - 1 });
    fc.assert(
      fc.property(requests, additions, bits, (request, addition, bit) => {
        const damaged = (datagram: Buffer) => {
          const copy = Buffer.from(datagram);
          copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
          return copy;
        };
        const datagram = encodeRequest(request, "key");
        expect(["malformed", "unsigned"]).toContain(decodeRequest(damaged(datagram), "key"));
        expect(decodeAnswer(damaged(turnIntoAnswer(datagram, addition, "key")), "key")).toBeUndefined();
      }),
    );
  });

  it("with another key, or without one, is not signed", () => {
    const request: Request = { train: 1n, sequence: 0, query: false, sentAt: 0 };
    expect(decodeRequest(encodeRequest(request, "other"), "key")).toBe("unsigned");
    expect(decodeRequest(encodeRequest(request), "key")).toBe("unsigned");
    expect(decodeRequest(encodeRequest(request, "key"))).toEqual(request);
  });

  it("that anybody else sent is malformed, whatever its length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2 * datagramBytes }), (bytes) => {
        expect(decodeRequest(Buffer.from(bytes))).toBe("malformed");
        expect(decodeAnswer(Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });

  it("is malformed when it is shorter or longer, or has a sequence number that no train has", () => {
    const datagram = encodeRequest({ train: 1n, sequence: 0, query: false, sentAt: 0 });
    expect(decodeRequest(datagram.subarray(0, -1))).toBe("malformed");
    expect(decodeRequest(Buffer.concat([datagram, Buffer.of(0)]))).toBe("malformed");
    datagram.writeUInt8(mostSequences, 5);
    expect(decodeRequest(datagram)).toBe("malformed");
  });
});
