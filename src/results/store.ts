import type { Clock } from "../edges.ts";
import type { Discard, Failed, Ok, Outcome, Phases } from "../probes/probe.ts";
import type { Reading } from "../probes/reading.ts";
import { createDeparted } from "./departed.ts";
import type { Grace, StartGrace } from "./grace.ts";
import { createLastMinute, type LastMinute } from "./lastMinute.ts";
import type { CheckType, Latest, ResultListener, ResultsView, Subject } from "./results.ts";

/** As many attempts in a row that say nothing are said in place of the last verdict, which is too old by then. */
const mostWithoutVerdict = 3;

/** Where outcomes become results. */
export interface Results extends ResultsView {
  subscribe(listener: ResultListener): void;
  /** Announces a check that is not run. */
  skip(type: CheckType): void;
  /** Announces a check, and what may excuse its failures. One that ended less than two minutes ago goes on where it was, unless it is of another kind now. */
  begin(subject: Subject, startGrace: StartGrace): void;
  record(type: CheckType, outcome: Outcome<Reading>): void;
  /** An attempt was given up because its check ended. */
  discard(subject: Subject, why: Discard): void;
  /** The check is gone: its latest state at once, what was counted two minutes later. */
  end(type: CheckType, why: Discard): void;
  /** Decides what is still open; call it when no more outcomes come. */
  stop(): void;
}

interface Check {
  readonly subject: Subject;
  readonly grace: Grace<Reading>;
  readonly lastMinute: LastMinute;
  /** Attempts in a row. */
  withoutVerdict: number;
}

export function createResults(clock: Clock): Results {
  const listeners: ResultListener[] = [];
  const checks = new Map<CheckType, Check>();
  const latest = new Map<CheckType, Latest>();
  const departed = createDeparted<LastMinute>(clock, (subject) => {
    for (const listener of listeners) listener.forgotten(subject);
  });

  const discard = (subject: Subject, why: Discard) => {
    for (const listener of listeners) listener.discarded(subject, why);
  };

  return {
    latest: () => latest,
    compatibleLatest: () =>
      new Map([...latest].filter(([type]) => checks.get(type)?.subject.compatible ?? true)),
    subjects: () => [...[...checks.values()].map(({ subject }) => subject), ...departed.subjects()],
    recent: (type) => (checks.get(type)?.lastMinute ?? departed.peek(type))?.read(),
    subscribe: (listener) => listeners.push(listener),
    skip: (type) => latest.set(type, { state: "skipped" }),
    begin(subject, startGrace) {
      const lastMinute = departed.takeBack(subject) ?? createLastMinute(clock);
      const grace = startGrace<Reading>(clock, {
        count(outcome) {
          lastMinute.failed();
          for (const listener of listeners) listener.counted(subject, outcome);
        },
        discard: (why) => discard(subject, why),
      });
      checks.set(subject.type, { subject, grace, lastMinute, withoutVerdict: 0 });
      for (const listener of listeners) listener.begun(subject);
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
        discard(check.subject, why);
        return;
      }
      for (const seconds of answersIn(outcome)) check.lastMinute.answered(seconds);
      if (outcome.state === "failed") {
        latest.set(type, { state: "failed", at, detail: outcome.detail });
        check.grace.failed(outcome);
        return;
      }
      latest.set(type, { state: "ok", at, seconds: toHeaders(outcome.phases) });
      check.grace.answered();
      for (const listener of listeners) listener.counted(check.subject, outcome);
    },
    end(type, why) {
      const check = checks.get(type);
      if (check === undefined) return;
      check.grace.end(why);
      checks.delete(type);
      latest.delete(type);
      departed.keep(check.subject, check.lastMinute);
    },
    stop() {
      departed.stop();
      for (const { grace } of checks.values()) grace.end("stopping");
    },
  };
}

/** Seconds of each answer that an attempt got: of a redirect's, too. */
function answersIn({ state, phases, reading }: Ok<Reading> | Failed<Reading>): number[] {
  if (reading.kind === "http") return reading.roundTrips.map((trip) => toHeaders(trip.phases));
  return state === "ok" ? [toHeaders(phases)] : [];
}

/** Seconds from a request's start to its answer's headers. */
export function toHeaders(phases: Phases): number {
  const { resolve = 0, connect = 0, tls = 0, processing = 0 } = phases;
  return resolve + connect + tls + processing;
}
