import type { Clock } from "../../edges.ts";
import { ProbeError } from "../failure.ts";
import { makePayload, payloadBytes } from "./bytes.ts";
import type { Answer, Ask } from "./conversation.ts";
import type { PayloadReading } from "./reading.ts";

/** A small exchange may take as long as a connection; a large one long enough for TCP to send a lost end of it three times again, after 0.2, 0.6 and 1.4 s. */
const seconds = { small: 5, large: 3 };

/** The exchanges of one attempt, each on whichever connection; they reject as `Ask` does, and on an answer that is wrong. */
export interface Exchanges {
  /** What was read so far. */
  readonly reading: PayloadReading;
  /** Resolves to the seconds it took. */
  small(ask: Ask): Promise<number>;
  out(ask: Ask): Promise<void>;
  in(ask: Ask): Promise<void>;
}

export function createExchanges(clock: Clock): Exchanges {
  const payload = makePayload();
  let reading: PayloadReading = { kind: "payload" };
  const bodyOf = async (exchange: Promise<Answer>) => {
    const { answeredBy, body } = await exchange;
    reading = { kind: "payload", answeredBy };
    return body;
  };
  return {
    get reading() {
      return reading;
    },
    async small(ask) {
      const question = { method: "GET", path: "/alwayshappy", seconds: seconds.small } as const;
      const begun = clock.now();
      await bodyOf(ask(question));
      return clock.now() - begun;
    },
    async out(ask) {
      const question = { method: "POST", path: "/payload", body: payload, seconds: seconds.large } as const;
      const count = (await bodyOf(ask(question))).toString("latin1");
      if (count === String(payloadBytes)) return;
      throw new ProbeError(
        "body_mismatch",
        `${payloadBytes} bytes sent, and received: ${count.slice(0, 32)}`,
      );
    },
    async in(ask) {
      const question = { method: "GET", path: "/payload", seconds: seconds.large } as const;
      const body = await bodyOf(ask(question));
      if (body.equals(payload)) return;
      throw new ProbeError("body_mismatch", `${body.length} bytes, not the ${payloadBytes} expected`);
    },
  };
}
