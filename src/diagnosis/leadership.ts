import { isDeepStrictEqual } from "node:util";
import { ApiError, type KubernetesConnection } from "../discovery/connection.ts";
import { logTransitions } from "../discovery/logTransitions.ts";
import { startReflector } from "../discovery/reflector.ts";
import type { Edges } from "../edges.ts";
import { createApiRequests } from "./apiRequests.ts";
import { claimDue, claimed, type Election, heard, leads, noElection, observed } from "./election.ts";
import { type Leader, leaderOf, type Refused } from "./leader.ts";
import { type Candidate, type Lease, type LeaseObject, leaseName, leaseOf } from "./lease.ts";
import { createLeaseRequests, leasesOf } from "./leaseRequests.ts";

interface LeaderElection {
  /** As of now, by the own clock: at no time are two of all agents `self`. */
  leader(): Leader;
  /** From now on another one leads: at once where this one did. */
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  readonly candidate: Candidate;
  /** That of the Lease. */
  readonly namespace: string;
  /** This candidate's place among all, from 0, by which they try; Infinity where it is not known. "none" only follows the others. */
  readonly rank: "none" | (() => number);
  readonly connection: KubernetesConnection;
  readonly edges: Pick<Edges, "clock" | "random" | "log">;
  /** May come up to a second late. */
  readonly onChange: (leader: Leader) => void;
}

/** Ranks and times are looked at again after so long. */
const lookSeconds = 1;
const retrySeconds = { failed: 2, conflict: 0.1, refused: 300 };

/**
 * Follows the Lease by a watch, as every agent does, and takes and renews it where that falls to this one. Without the permission nobody
 * can; it is said once, and tried again every five minutes.
 */
export function startLeadership(options: LeadershipOptions): LeaderElection {
  const { candidate, namespace, rank, connection, edges, onChange } = options;
  const { clock, random, log } = edges;
  const { identity } = candidate;
  const requests = createLeaseRequests(createApiRequests(connection, clock), namespace, candidate, clock);
  const ending = new AbortController();
  let election: Election = noElection;
  let refused: Refused = "nothing";
  let told: Leader = { state: "none" };
  let claiming: Promise<void> | undefined;
  let retryAt = 0;
  let jitter = 0;
  let cancelLook = () => {};

  const leader = () => leaderOf(election, identity, refused, clock.now());

  const look = () => {
    cancelLook();
    if (ending.signal.aborted) return;
    const current = leader();
    if (!isDeepStrictEqual(current, told)) {
      told = current;
      log.info({ leader: current }, "the leader of the agents changed");
      onChange(current);
    }
    if (claiming !== undefined) return;
    const now = clock.now();
    const due =
      rank === "none"
        ? Number.POSITIVE_INFINITY
        : Math.max(retryAt, claimDue(election, identity, rank, now) + jitter);
    cancelLook = clock.after(Math.max(0, Math.min(due - now, lookSeconds)), due > now ? look : beginClaim);
  };

  const learn = (next: Election) => {
    if (next.lease !== election.lease) jitter = random();
    election = next;
    look();
  };

  const beginClaim = () => {
    claiming = claim()
      .catch(afterFailure)
      .finally(() => {
        claiming = undefined;
        look();
      });
  };

  const claim = async () => {
    const sentAt = clock.now();
    const lease = await requests.claim(knownOf(election));
    refused = "nothing";
    learn(claimed(election, lease, identity, sentAt, clock.now()));
  };

  const afterFailure = async (error: unknown) => {
    const status = error instanceof ApiError ? error.status : 0;
    const wait = status === 409 || status === 404 ? "conflict" : status === 403 ? "refused" : "failed";
    retryAt = clock.now() + retrySeconds[wait] * (1 + 0.5 * random());
    if (wait === "refused" && refused === "nothing") {
      refused = "writing";
      log.warn({ err: (error as Error).message }, "not permitted to lead the agents");
    }
    if (wait !== "conflict") return;
    const lease = await requests.read().catch(() => undefined);
    if (lease !== undefined) learn(observed(election, lease, identity, clock.now()));
  };

  const release = async () => {
    const lease = knownOf(election);
    const { claimedAt: _, ...rest } = election;
    const held = leads(election, clock.now());
    election = rest;
    if (!held || lease === undefined) return;
    // What can't be let go ends by itself.
    await requests.release(lease).catch(() => undefined);
  };

  const sayTransitions = logTransitions(
    log,
    "the leader's Lease",
    "each agent judges its own readings alone",
  );
  startReflector<LeaseObject, Lease>({
    ...{ connection, edges, signal: ending.signal },
    collection: { path: leasesOf(namespace), fieldSelector: `metadata.name=${leaseName}` },
    slim: leaseOf,
    onChange(reflection) {
      sayTransitions(reflection);
      if (reflection.state === "refused") refused = "reading";
      if (reflection.state !== "fresh") return look();
      if (refused === "reading") refused = "nothing";
      learn(heard(election, reflection.items[0] ?? "absent", identity, clock.now()));
    },
  });

  return {
    leader,
    async stop() {
      ending.abort();
      cancelLook();
      await claiming;
      await release();
    },
  };
}

function knownOf({ lease }: Election): Lease | undefined {
  return typeof lease === "string" ? undefined : lease;
}
