import type { Clock } from "../edges.ts";
import type { HttpReading } from "../probes/http/reading.ts";
import type { Discard, Outcome, Phases } from "../probes/probe.ts";
import type { Grace, StartGrace } from "./grace.ts";
import { createLastMinute, type LastMinute } from "./lastMinute.ts";
import type { CheckType, Latest, ResultListener, ResultsView } from "./results.ts";

/** Where outcomes become results. */
export interface Results extends ResultsView {
  subscribe(listener: ResultListener): void;
  /** Announces a check that is not run. */
  skip(type: CheckType): void;
  /** Announces a check, and what may excuse its failures. */
  begin(type: CheckType, startGrace: StartGrace): void;
  record(type: CheckType, outcome: Outcome<HttpReading>): void;
  /** The check is gone: nothing of it is kept. */
  forget(type: CheckType, why: Discard): void;
  /** Decides what is still open; call it when no more outcomes come. */
  stop(): void;
}

interface Check {
  readonly grace: Grace<HttpReading>;
  readonly lastMinute: LastMinute;
}

export function createResults(clock: Clock): Results {
  const listeners: ResultListener[] = [];
  const checks = new Map<CheckType, Check>();
  const latest = new Map<CheckType, Latest>();

  const discard = (type: CheckType, why: Discard) => {
    for (const listener of listeners) listener.discarded(type, why);
  };

  return {
    latest: () => latest,
    types: () => checks.keys(),
    recent: (type) => checks.get(type)?.lastMinute.read(),
    subscribe: (listener) => listeners.push(listener),
    skip: (type) => latest.set(type, { state: "skipped" }),
    begin(type, startGrace) {
      const lastMinute = createLastMinute(clock);
      const grace = startGrace<HttpReading>(clock, {
        count(outcome) {
          lastMinute.failed();
          for (const listener of listeners) listener.counted(type, outcome);
        },
        discard: (why) => discard(type, why),
      });
      checks.set(type, { grace, lastMinute });
    },
    record(type, outcome) {
      const check = checks.get(type);
      const at = clock.wallNow();
      if (outcome.state === "discarded") {
        if (outcome.why === "token-unreadable") latest.set(type, { state: "unable", at });
        discard(type, outcome.why);
        return;
      }
      if (check === undefined) throw new Error(`the check ${type} was not begun`);
      for (const { phases } of outcome.reading.roundTrips) check.lastMinute.answered(toHeaders(phases));
      if (outcome.state === "failed") {
        latest.set(type, { state: "failed", at, detail: outcome.detail });
        check.grace.failed(outcome);
        return;
      }
      latest.set(type, { state: "ok", at, seconds: toHeaders(outcome.phases) });
      check.grace.answered();
      for (const listener of listeners) listener.counted(type, outcome);
    },
    forget(type, why) {
      checks.get(type)?.grace.end(why);
      checks.delete(type);
      latest.delete(type);
      for (const listener of listeners) listener.forgotten(type);
    },
    stop() {
      for (const { grace } of checks.values()) grace.end("stopping");
    },
  };
}

/** Seconds from a request's start to its answer's headers. */
export function toHeaders(phases: Phases): number {
  const { resolve = 0, connect = 0, tls = 0, processing = 0 } = phases;
  return resolve + connect + tls + processing;
}
