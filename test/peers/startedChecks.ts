import type { Check, Checks } from "../../src/checks/checks.ts";
import type { Edges } from "../../src/edges.ts";
import type { Outcome } from "../../src/probes/probe.ts";
import type { Reading } from "../../src/probes/reading.ts";

/** Keeps what is started instead of running it, so that a test says when an attempt is made. */
export interface StartedChecks extends Pick<Checks, "start" | "end"> {
  /** All that were ever started, in order. */
  readonly started: readonly Check[];
  /** Of those that did not end, sorted. */
  types(): string[];
  attempt(type: string, edges: Edges): Promise<Outcome<Reading>>;
}

export function startedChecks(): StartedChecks {
  const started: Check[] = [];
  const running = new Map<string, Check>();
  return {
    started,
    start(check) {
      started.push(check);
      running.set(check.subject.type, check);
    },
    end(type) {
      running.get(type)?.close?.();
      running.delete(type);
    },
    types: () => [...running.keys()].sort(),
    async attempt(type, edges) {
      const check = running.get(type);
      if (check === undefined) throw new Error(`${type} does not run`);
      return check.attempt({ signal: new AbortController().signal, edges });
    },
  };
}
