import type { IncomingMessage } from "node:http";
import {
  parseQuestion,
  type RetryAnswer,
  type RetryQuestion,
  retryBytes,
  retryPath,
} from "../checks/pairRetry.ts";
import type { Clock } from "../edges.ts";
import { isSigned, signatureHeader } from "../mesh/signature.ts";
import { createBucket } from "./echoLimits.ts";
import { readBody } from "./requestBody.ts";
import { unmappedAddress } from "./unmappedAddress.ts";

/** Retries cost connections of ours, so nobody gets many. */
const mostAtOnce = 4;
const rate = { perSecond: 5, burst: 5 };

/** What the retries' endpoint needs. */
interface RetrySources {
  /** With keys the signature decides, and the address does not matter. */
  readonly keys: readonly string[];
  /** Whether an address, IPv4 or IPv6, is another agent's. */
  readonly isAgent: (address: string) => boolean;
  readonly answer: (question: RetryQuestion) => Promise<RetryAnswer>;
}

type RetryResponse =
  | { readonly status: 200; readonly answer: RetryAnswer }
  | { readonly status: 400 | 403 | 429 };

/** Answers a `POST /retry`; to be called before the request's first turn, or else the beginning of its body is missed. */
export type Retry = (request: IncomingMessage) => Promise<RetryResponse>;

/** Answers other agents' questions, and nobody else's. Who saw a signed one can send it again, and gets no more than the rate allows. */
export function createRetry({ keys, isAgent, answer }: RetrySources, clock: Clock): Retry {
  const take = createBucket(rate, clock.now());
  let underWay = 0;
  return async (request) => {
    const text = (await readBody(request, retryBytes))?.toString("utf8") ?? "";
    const isTrusted =
      keys.length === 0
        ? isAgent(unmappedAddress(request.socket.remoteAddress ?? ""))
        : isSigned(keys, retryPath, text, request.headers[signatureHeader]?.toString());
    if (!isTrusted) return { status: 403 };
    const question = parseQuestion(text);
    if (question === undefined) return { status: 400 };
    if (underWay >= mostAtOnce || !take(clock.now())) return { status: 429 };
    underWay += 1;
    try {
      return { status: 200, answer: await answer(question) };
    } finally {
      underWay -= 1;
    }
  };
}
