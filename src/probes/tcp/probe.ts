import { dial } from "../dial.ts";
import { isOwnLack, reasonOf } from "../failure.ts";
import { createStopwatch } from "../http/stopwatch.ts";
import type { Probe } from "../probe.ts";
import { inScope } from "../scope.ts";
import type { TcpReading } from "./reading.ts";
import type { TcpTarget } from "./target.ts";

/** Opens one connection and closes it again. */
export const tcpProbe: Probe<TcpTarget, TcpReading> = {
  kind: "tcp",
  reasons: ["dns_timeout", "dns_error", "connect_timeout", "connect_refused", "connect_unreachable", "reset"],
  phases: ["resolve", "connect"],
  async attempt(target, { signal, edges }) {
    const stopwatch = createStopwatch(edges.clock);
    const reading: TcpReading = { kind: "tcp" };
    try {
      await inScope(signal, stopwatch, (scope) => dial(target, { edges, stopwatch, ...scope }));
      return { state: "ok", phases: stopwatch.end(), reading };
    } catch (error) {
      if (signal.aborted) return { state: "discarded", why: signal.reason };
      if (isOwnLack(error)) return { state: "discarded", why: "self-exhausted" };
      const { phase } = stopwatch;
      const phases = stopwatch.end();
      const reason = reasonOf(error, phase);
      if (reason === "connect_refused" && target.refusedIsReached) return { state: "ok", phases, reading };
      const detail = error instanceof Error ? error.message : String(error);
      return { state: "failed", phase, reason, detail, phases, reading };
    }
  },
};
