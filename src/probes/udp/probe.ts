import type { SocketAddress } from "../../edges.ts";
import { isOwnLack, reasonOf } from "../failure.ts";
import type { Outcome, Probe, Reason } from "../probe.ts";
import { exchange } from "./exchange.ts";
import type { UdpReading } from "./reading.ts";
import { createTrain, trainLength } from "./train.ts";

/** A responder, such as another agent's echo port. */
export interface UdpTarget {
  readonly to: SocketAddress;
  /** Signs the datagrams, and must have signed the answers; absent means neither. */
  readonly key?: string;
}

/** A train of datagrams from a new port. It is ok when at least one came back. */
export const udpProbe: Probe<UdpTarget, UdpReading> = {
  kind: "udp",
  reasons: ["connect_refused", "connect_unreachable", "lost"],
  phases: ["processing"],
  async attempt({ to, key }, context) {
    const { signal, edges } = context;
    const begun = edges.clock.now();
    const train = createTrain(edges.clock, key);
    const failed = (reason: Reason, detail: string): Outcome<UdpReading> => ({
      ...{ state: "failed", phase: "processing", reason, detail },
      phases: { processing: edges.clock.now() - begun },
      reading: train.reading(),
    });
    try {
      await exchange(train, to, context);
    } catch (error) {
      if (signal.aborted) return { state: "discarded", why: signal.reason };
      if (isOwnLack(error)) return { state: "discarded", why: "self-exhausted" };
      return failed(reasonOf(error, "connect"), error instanceof Error ? error.message : String(error));
    }
    const processing = train.roundTripSeconds();
    const reading = train.reading();
    if (processing === undefined) return failed("lost", detailOf(reading));
    return { state: "ok", phases: { processing }, reading };
  },
};

function detailOf({ lost }: UdpReading): string {
  const ways =
    lost === undefined ? "" : `: ${lost.forward} were lost on the way there, ${lost.reverse} on the way back`;
  return `none of ${trainLength} datagrams came back${ways}`;
}
