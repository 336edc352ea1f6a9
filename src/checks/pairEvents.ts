import type { Logger } from "pino";
import type { Reason } from "../probes/probe.ts";
import { conclude } from "./pairConclusion.ts";
import { type Retries, type RetryKind, retryKinds } from "./pairRetries.ts";

/** A pair that failed when it was visited, and what its retries said at once. */
export interface PairEvent {
  /** Unix seconds at which the visit began. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly reason: Reason;
  readonly retries: Retries;
}

/** How many retries of a kind succeeded and failed; those of which nobody could tell count as neither. */
export type RetryCounts = Readonly<Record<RetryKind, { readonly ok: number; readonly failed: number }>>;

/** The pairs that failed. */
export interface PairEvents {
  add(event: PairEvent): void;
  /** The latest 100, oldest first. */
  latest(): readonly PairEvent[];
  counts(): RetryCounts;
}

const mostKept = 100;

/** Logs each in one line. */
export function createPairEvents(log: Logger): PairEvents {
  const kept: PairEvent[] = [];
  const counts = Object.fromEntries(retryKinds.map((kind) => [kind, { ok: 0, failed: 0 }])) as Record<
    RetryKind,
    { ok: number; failed: number }
  >;
  return {
    latest: () => kept,
    counts: () => counts,
    add(event) {
      const { from, to, reason, retries } = event;
      log.warn({ from, to, reason, retries }, `pair failed: ${conclude(from, to, retries)}`);
      kept.push(event);
      if (kept.length > mostKept) kept.shift();
      for (const kind of retryKinds) {
        const retried = retries[kind];
        if (retried !== "unknown") counts[kind][retried === "ok" ? "ok" : "failed"] += 1;
      }
    },
  };
}
