/** Attempts between two scrapes 30 s apart, one each 5 s as by the agent's default. */
const attempts = 6;

/** What came of a check's attempts between two scrapes. A check is `absent` while there is nothing to check. */
export type Outcome =
  | "absent"
  | {
      readonly ok: number;
      /** Failures by the `event` of `kubenurse_errors_total`. */
      readonly failed?: Readonly<Record<string, number>>;
      /** Seconds that each answer took. */
      readonly seconds?: number;
    };

export interface Sample {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What befalls a simulated cluster, by the second. Whatever is left out stays healthy. */
export interface Story {
  readonly nodes: readonly string[];
  /** Seconds. */
  readonly lasts: number;
  /** A silent agent does not answer Prometheus; one that is gone is no target either. */
  readonly agent?: (node: string, second: number) => "up" | "silent" | "gone";
  /** Number of the agent's process on that node; each new process counts from 0. */
  readonly process?: (node: string, second: number) => number;
  /** Number of the pod in which it runs. */
  readonly pod?: (node: string, second: number) => number;
  readonly check?: (node: string, type: string, second: number) => Outcome | undefined;
  /** Further samples of an agent, or in place of its healthy ones. */
  readonly samples?: (node: string, second: number) => readonly Sample[];
  /** What other exporters say. */
  readonly others?: (second: number) => readonly Sample[];
  readonly prometheusRuns?: (second: number) => boolean;
}

export const healthy: Outcome = { ok: attempts };
/** A connection that times out takes 5 s, so every second slot is missed. */
export const timedOut: Outcome = { ok: 0, failed: { connect_done: attempts / 2 } };
export const refused: Outcome = { ok: 0, failed: { connect_done: attempts } };

export function failing(share: number, event: string): Outcome {
  return { ok: attempts * (1 - share), failed: { [event]: attempts * share } };
}

export const zoneOf = (node: string) => `zone-${(Number(node.slice(1)) % 2) + 1}`;
