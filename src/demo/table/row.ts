import type { CheckType, ResultsView } from "../../results/results.ts";
import type { DemoNode } from "../node.ts";
import { quantile } from "./quantile.ts";

/** A check's or several checks' last result, and quantiles of the last minute's response times. All times are in seconds. */
export interface Cell {
  readonly text: "ok" | "FAIL" | "skipped" | "-";
  /** The last attempt's; the slowest where there are several checks. */
  readonly last?: number;
  readonly p50?: number;
  readonly p99?: number;
}

/** Several checks in one cell. */
type Group = Cell & { readonly ok: number; readonly all: number };

/** What is shown of a node. Absent cells have no check. */
export interface Row {
  readonly node: string;
  readonly zone: string;
  readonly state: DemoNode["state"];
  readonly checks: Readonly<Record<CheckType, Cell>>;
  readonly paths: Group;
  /** The checks that the Go kubenurse does not have; absent where there are none. */
  readonly layers?: Group;
  /** Failures counted in the last minute. */
  readonly errors: number;
  /** Checks whose last result is a failure, and what it says. */
  readonly failing: readonly { readonly type: CheckType; readonly detail: string }[];
}

export function rowOf({ name, zone, state, results }: DemoNode): Row {
  const types = [...(results?.latest().keys() ?? [])];
  const compatible = results?.compatibleLatest();
  const layers = types.filter((type) => compatible?.has(type) !== true);
  const isPath = (type: CheckType) => type.startsWith("path_");
  const paths = types.filter((type) => isPath(type) && !layers.includes(type));
  const failing = results === undefined ? [] : failingOf(results);
  const groupOf = (types: readonly CheckType[]): Group => {
    const failed = failing.filter(({ type }) => types.includes(type)).length;
    return { ...cellOf(types, results), ok: types.length - failed, all: types.length };
  };
  const others = types
    .filter((type) => !paths.includes(type) && !layers.includes(type))
    .map((type) => [type, cellOf([type], results)] as const);
  return {
    ...{ node: name, zone, state, failing },
    checks: Object.fromEntries(others),
    paths: groupOf(paths),
    ...(layers.length === 0 ? {} : { layers: groupOf(layers) }),
    errors: types.reduce((sum, type) => sum + (results?.recent(type)?.failures ?? 0), 0),
  };
}

function failingOf(results: ResultsView): Row["failing"] {
  return [...results.latest()].flatMap(([type, latest]) => {
    if (latest.state === "failed") return [{ type, detail: latest.detail }];
    return latest.state === "unable" ? [{ type, detail: "the token can't be read" }] : [];
  });
}

function cellOf(types: readonly CheckType[], results: ResultsView | undefined): Cell {
  const latest = types.map((type) => results?.latest().get(type));
  const lastSeconds = latest.flatMap((one) => (one?.state === "ok" ? [one.seconds] : []));
  const seconds = types.flatMap((type) => results?.recent(type)?.responseSeconds ?? []).sort((a, b) => a - b);
  const [p50, p99] = [quantile(seconds, 0.5), quantile(seconds, 0.99)];
  return {
    text: textOf(latest.map((one) => one?.state)),
    ...(lastSeconds.length === 0 ? {} : { last: Math.max(...lastSeconds) }),
    ...(p50 === undefined || p99 === undefined ? {} : { p50, p99 }),
  };
}

function textOf(states: readonly (string | undefined)[]): Cell["text"] {
  if (states.some((state) => state === "failed" || state === "unable")) return "FAIL";
  if (states.length > 0 && states.every((state) => state === "skipped")) return "skipped";
  return states.some((state) => state === "ok") ? "ok" : "-";
}
