import { text } from "node:stream/consumers";
import type { Change, KubernetesConnection } from "../discovery/connection.ts";
import type { Clock } from "../edges.ts";
import { startDeadline } from "../schedule/deadline.ts";

/** Seconds that one request may take; no longer than from where a leader stops to lead to the end of its Lease. */
const requestSeconds = 3;

/** Requests of a leader, each of which ends in time. They reject as those of `KubernetesConnection` do. */
export interface ApiRequests {
  /** One object. */
  read(path: string): Promise<unknown>;
  /** Resolves with the object as the API server has it now. */
  write(change: Change): Promise<unknown>;
}

export function createApiRequests(connection: KubernetesConnection, clock: Clock): ApiRequests {
  const inTime = async (request: (signal: AbortSignal) => Promise<unknown>) => {
    const late = new AbortController();
    const cancel = startDeadline(clock, requestSeconds, () =>
      late.abort(new Error(`the API server did not answer within ${requestSeconds} s`)),
    );
    try {
      return await request(late.signal);
    } catch (error) {
      throw late.signal.aborted ? late.signal.reason : error;
    } finally {
      cancel();
    }
  };
  return {
    read: (path) => inTime(async (signal) => JSON.parse(await text(await connection.get(path, signal)))),
    write: (change) => inTime((signal) => connection.send(change, signal)),
  };
}
