import { setTimeout as pause } from "node:timers/promises";
import { type ClusterApi, StatusError } from "./clusterApi.ts";

/** One line of an agent's log. */
export interface LogLine {
  readonly msg: string;
  /** Unix milliseconds. */
  readonly time: number;
  readonly [field: string]: unknown;
}

export interface PodLog {
  /** All lines so far. */
  readonly lines: readonly LogLine[];
  /** Whether the agent has said its last line, or its pod is gone. */
  readonly over: boolean;
}

/** Follows a log to its end; begins again where the API server breaks off, and calls `onLine` once for each line. */
export function followLog(
  api: ClusterApi,
  path: string,
  signal: AbortSignal,
  onLine: (line: LogLine) => void,
): PodLog {
  const lines: LogLine[] = [];
  const isOver = () => signal.aborted || lines.at(-1)?.msg === "kubenurse stopped";

  const readFromTheStart = async () => {
    let read = 0;
    for await (const text of api.lines(`${path}?follow=true`, signal)) {
      read += 1;
      if (read <= lines.length) continue;
      const line = JSON.parse(text) as LogLine;
      lines.push(line);
      onLine(line);
    }
  };
  const follow = async () => {
    while (!isOver()) {
      try {
        await readFromTheStart();
      } catch (error) {
        if (error instanceof StatusError && error.status === 404) return;
      }
      if (!isOver()) await pause(200, undefined, { signal }).catch(() => {});
    }
  };
  let over = false;
  follow().finally(() => {
    over = true;
  });
  return {
    lines,
    get over() {
      return over;
    },
  };
}
