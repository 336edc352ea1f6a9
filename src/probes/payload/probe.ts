import { isOwnLack, ProbeError, reasonOf } from "../failure.ts";
import { httpProbe } from "../http/probe.ts";
import { createStopwatch } from "../http/stopwatch.ts";
import type { AttemptContext, Probe } from "../probe.ts";
import { converse, PeerUnable } from "./conversation.ts";
import { createExchanges, type Exchanges } from "./exchanges.ts";
import type { PayloadReading } from "./reading.ts";
import type { PayloadTarget } from "./target.ts";

/** A small message that takes longer, of an agent that is slow or over a path that loses much, says nothing about large ones. */
const promptSeconds = 1;

/** A small exchange, then a large message out, then one in, on one connection: what stops only large packets stops the last two. */
export const payloadProbe: Probe<PayloadTarget, PayloadReading> = {
  kind: "payload",
  reasons: [...httpProbe.reasons, "mtu_black_hole_out", "mtu_black_hole_in"],
  phases: httpProbe.phases,
  async attempt(target, context) {
    const stopwatch = createStopwatch(context.edges.clock);
    const exchanges = createExchanges(context.edges.clock);
    try {
      const stalled = await converse(target, context, stopwatch, async (ask) => {
        stopwatch.begin("processing");
        await exchanges.small(ask);
        stopwatch.begin("transfer");
        if (await stalls(exchanges.out(ask))) return "out";
        return (await stalls(exchanges.in(ask))) ? "in" : undefined;
      });
      const phases = stopwatch.end();
      if (stalled !== undefined) throw await nameStall(stalled, target, context, exchanges);
      return { state: "ok", phases, reading: exchanges.reading };
    } catch (error) {
      if (context.signal.aborted) return { state: "discarded", why: context.signal.reason };
      if (isOwnLack(error)) return { state: "discarded", why: "self-exhausted" };
      if (error instanceof PeerUnable) return { state: "discarded", why: "peer-unable" };
      const { phase } = stopwatch;
      const phases = stopwatch.end();
      const [reason, detail] = [reasonOf(error, phase), messageOf(error)];
      return { state: "failed", phase, reason, detail, phases, reading: exchanges.reading };
    }
  },
};

/** Whether an exchange got stuck; any other failure is thrown. */
async function stalls(exchange: Promise<void>): Promise<boolean> {
  try {
    await exchange;
    return false;
  } catch (error) {
    if (reasonOf(error, "transfer") === "body_stall") return true;
    throw error;
  }
}

/**
 * What a stall means. It is a black hole when a small message passes at once and a large one stalls again. Else packets were
 * lost, the path broke, or the other agent is slow.
 */
async function nameStall(
  direction: "out" | "in",
  target: PayloadTarget,
  context: AttemptContext,
  exchanges: Exchanges,
): Promise<ProbeError> {
  const stopwatch = createStopwatch(context.edges.clock);
  const blackHole = (where: string) =>
    new ProbeError(`mtu_black_hole_${direction}`, `16 KiB stall ${where}, small messages pass`);
  const stall = (then: string) => new ProbeError("body_stall", `16 KiB ${direction} stalled; then ${then}`);
  try {
    return await converse(target, context, stopwatch, async (ask) => {
      stopwatch.begin("processing");
      const took = await exchanges.small(ask);
      if (took > promptSeconds) return stall(`a small message took ${took.toFixed(1)} s`);
      stopwatch.begin("transfer");
      if (direction === "out" && (await stalls(exchanges.in(ask)))) return blackHole("out and in");
      return (await stalls(exchanges[direction](ask))) ? blackHole(direction) : stall("they passed");
    });
  } catch (error) {
    if (context.signal.aborted || isOwnLack(error) || error instanceof PeerUnable) throw error;
    return stall(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
