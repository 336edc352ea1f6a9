import type { CheckType, Subject } from "../../src/results/results.ts";

/** A check that the Go kubenurse has, too. */
export function httpSubject(type: CheckType): Subject {
  const sort = type.startsWith("path_") ? "path" : type;
  return { type, probe: "http", target: type, sort, compatible: true };
}
