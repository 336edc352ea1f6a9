import type { Clock } from "../edges.ts";
import type { HttpReading } from "../probes/http/reading.ts";
import type { Discard, Outcome, Phases } from "../probes/probe.ts";
import { createDeparted } from "./departed.ts";
import type { Grace, StartGrace } from "./grace.ts";
import { createLastMinute, type LastMinute } from "./lastMinute.ts";
import type { CheckType, Latest, ResultListener, ResultsView } from "./results.ts";

/** As many attempts in a row that say nothing are said in place of the last verdict, which is too old by then. */
const mostWithoutVerdict = 3;

/** Where outcomes become results. */
export interface Results extends ResultsView {
  subscribe(listener: ResultListener): void;
  /** Announces a check that is not run. */
  skip(type: CheckType): void;
  /** Announces a check, and what may excuse its failures. One that ended less than two minutes ago goes on where it was. */
  begin(type: CheckType, startGrace: StartGrace): void;
  record(type: CheckType, outcome: Outcome<HttpReading>): void;
  /** An attempt was given up because its check ended. */
  discard(type: CheckType, why: Discard): void;
  /** The check is gone: its latest state at once, what was counted two minutes later. */
  end(type: CheckType, why: Discard): void;
  /** Decides what is still open; call it when no more outcomes come. */
  stop(): void;
}

interface Check {
  readonly grace: Grace<HttpReading>;
  readonly lastMinute: LastMinute;
  /** Attempts in a row. */
  withoutVerdict: number;
}

export function createResults(clock: Clock): Results {
  const listeners: ResultListener[] = [];
  const checks = new Map<CheckType, Check>();
  const latest = new Map<CheckType, Latest>();
  const departed = createDeparted<LastMinute>(clock, (type) => {
    for (const listener of listeners) listener.forgotten(type);
  });

  const discard = (type: CheckType, why: Discard) => {
    for (const listener of listeners) listener.discarded(type, why);
  };

  return {
    latest: () => latest,
    types: () => [...checks.keys(), ...departed.types()],
    recent: (type) => (checks.get(type)?.lastMinute ?? departed.peek(type))?.read(),
    subscribe: (listener) => listeners.push(listener),
    skip: (type) => latest.set(type, { state: "skipped" }),
    begin(type, startGrace) {
      const lastMinute = departed.takeBack(type) ?? createLastMinute(clock);
      const grace = startGrace<HttpReading>(clock, {
        count(outcome) {
          lastMinute.failed();
          for (const listener of listeners) listener.counted(type, outcome);
        },
        discard: (why) => discard(type, why),
      });
      checks.set(type, { grace, lastMinute, withoutVerdict: 0 });
    },
    discard,
    record(type, outcome) {
      const check = checks.get(type);
      if (check === undefined) throw new Error(`the check ${type} was not begun`);
      const at = clock.wallNow();
      check.withoutVerdict = outcome.state === "discarded" ? check.withoutVerdict + 1 : 0;
      if (outcome.state === "discarded") {
        const { state, why } = outcome;
        if (why === "token-unreadable") latest.set(type, { state: "unable", at });
        else if (check.withoutVerdict >= mostWithoutVerdict) latest.set(type, { state, at, why });
        discard(type, why);
        return;
      }
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
    end(type, why) {
      const check = checks.get(type);
      if (check === undefined) return;
      check.grace.end(why);
      checks.delete(type);
      latest.delete(type);
      departed.keep(type, check.lastMinute);
    },
    stop() {
      departed.stop();
      for (const { grace } of checks.values()) grace.end("stopping");
    },
  };
}

/** Seconds from a request's start to its answer's headers. */
export function toHeaders(phases: Phases): number {
  const { resolve = 0, connect = 0, tls = 0, processing = 0 } = phases;
  return resolve + connect + tls + processing;
}
