import type { Logger } from "pino";
import type { Results } from "./store.ts";

/** Logs each failure that is counted, in one line. */
export function logFailures(results: Pick<Results, "subscribe">, log: Logger): { total(): number } {
  let total = 0;
  results.subscribe({
    begun() {},
    counted({ type }, outcome) {
      if (outcome.state !== "failed") return;
      total += 1;
      const { phase, reason, detail } = outcome;
      log.warn({ type, phase, reason, detail }, "check failed");
    },
    discarded: ({ type }, why) => log.debug({ type, why }, "check discarded"),
    forgotten() {},
  });
  return { total: () => total };
}
