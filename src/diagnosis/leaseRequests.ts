import { ApiError } from "../discovery/connection.ts";
import type { Clock } from "../edges.ts";
import type { ApiRequests } from "./apiRequests.ts";
import {
  type Candidate,
  claimOf,
  type Lease,
  type LeaseObject,
  leaseName,
  leaseOf,
  releaseOf,
} from "./lease.ts";

/** What a candidate asks the API server; rejects as `ApiRequests` do. */
export interface LeaseRequests {
  read(): Promise<Lease | "absent">;
  /** Takes or renews it, unless it has changed since `seen`: then 409, or 404 where it is gone. */
  claim(seen: Lease | undefined): Promise<Lease>;
  release(held: Lease): Promise<unknown>;
}

/** The collection in which the Lease is. */
export const leasesOf = (namespace: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

export function createLeaseRequests(
  { read, write }: ApiRequests,
  namespace: string,
  candidate: Candidate,
  clock: Clock,
): LeaseRequests {
  const leases = leasesOf(namespace);
  const path = `${leases}/${leaseName}`;
  return {
    async read() {
      try {
        return leaseOf((await read(path)) as LeaseObject);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return "absent";
        throw error;
      }
    },
    async claim(seen) {
      const body = claimOf(seen, candidate, clock.wallNow());
      const answer = await write(
        seen === undefined ? { method: "POST", path: leases, body } : { method: "PUT", path, body },
      );
      return leaseOf(answer as LeaseObject);
    },
    release: (held) => write({ method: "PUT", path, body: releaseOf(held, clock.wallNow()) }),
  };
}
