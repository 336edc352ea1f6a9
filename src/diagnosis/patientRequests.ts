import { ApiError } from "../discovery/connection.ts";
import type { Edges } from "../edges.ts";
import type { ApiRequests } from "./apiRequests.ts";

/** What came of a request. */
export type Answered =
  | { readonly state: "done"; readonly object: unknown }
  /** The object is there already, or was changed meanwhile. */
  | { readonly state: "conflict" }
  /** There is no such object. */
  | { readonly state: "absent" }
  /** The account lacks the permission; nothing is sent for a while after that. */
  | { readonly state: "refused" }
  /** The log says why. */
  | { readonly state: "failed" };

/** Sends what `request` asks for. */
export type PatientRequests = (request: (requests: ApiRequests) => Promise<unknown>) => Promise<Answered>;

const refusedSeconds = 300;

/**
 * Requests that the leader can do without: a failure is said once, as "can't `what`", until one succeeds again, and nothing is sent for
 * five minutes after a refusal.
 */
export function createPatientRequests(
  requests: ApiRequests,
  { clock, log }: Pick<Edges, "clock" | "log">,
  what: string,
): PatientRequests {
  let restsUntil = Number.NEGATIVE_INFINITY;
  let failing = false;

  const afterFailure = (error: unknown): Answered => {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 409) return { state: "conflict" };
    if (status === 404) return { state: "absent" };
    if (!failing) log.warn({ err: (error as Error).message }, `can't ${what}`);
    failing = true;
    if (status !== 403) return { state: "failed" };
    restsUntil = clock.now() + refusedSeconds;
    return { state: "refused" };
  };

  return async (request) => {
    if (clock.now() < restsUntil) return { state: "refused" };
    try {
      const object = await request(requests);
      if (failing) log.info(`can ${what} again`);
      failing = false;
      return { state: "done", object };
    } catch (error) {
      return afterFailure(error);
    }
  };
}
