import { type Lease, leaseSeconds } from "./lease.ts";

/** What one candidate knows of an election. Times are seconds of its own monotonic clock, since clocks of others can't be compared. */
export interface Election {
  /** The Lease as it was last seen; "unknown" before the first look. */
  readonly lease: Lease | "absent" | "unknown";
  /** When the Lease may be taken by anybody, as far as is known. */
  readonly freeAt: number;
  /** When the own claim was sent that made or kept this candidate the holder; absent while another one is, or nobody. */
  readonly claimedAt?: number;
}

export const noElection: Election = { lease: "unknown", freeAt: 0 };

/** Only so many candidates compete at once, since each claim is a write that every agent hears of. */
const competitors = 3;
/** The others join one after the other, in case that none of those is there. */
const joinSeconds = { apart: 1, most: 120 };

/** A look at the Lease, by the watch or by a GET. */
export function observed(
  election: Election,
  lease: Lease | "absent",
  identity: string,
  now: number,
): Election {
  const { lease: known, claimedAt } = election;
  // A Lease that somebody deleted stays the holder's until it would have ended.
  if (lease === "absent") return { ...election, lease, freeAt: known === "unknown" ? now : election.freeAt };
  if (typeof known === "object" && lease.version === known.version) return election;
  const freeAt = lease.holder === "" ? now : now + leaseSeconds.held;
  const holds = lease.holder === identity && claimedAt !== undefined;
  return { lease, freeAt, ...(holds ? { claimedAt } : {}) };
}

/**
 * News by the watch. Versions of the API can be compared, so what is older than the own claim's answer changes nothing; a look by GET is
 * always the latest, also after a restore of the API's store has put the versions back.
 */
export function heard(election: Election, lease: Lease | "absent", identity: string, now: number): Election {
  const { lease: known } = election;
  const older = typeof known === "object" && lease !== "absent" && lease.version < known.version;
  return older ? election : observed(election, lease, identity, now);
}

/** The answer to the own claim, which was sent at `sentAt`. It may come after another one has taken the Lease. */
export function claimed(
  election: Election,
  lease: Lease,
  identity: string,
  sentAt: number,
  now: number,
): Election {
  const next = heard(election, lease, identity, now);
  const holds = next.lease !== "unknown" && next.lease !== "absent" && next.lease.holder === identity;
  return holds ? { ...next, claimedAt: sentAt } : next;
}

export function leads({ claimedAt }: Election, now: number): boolean {
  return claimedAt !== undefined && now < claimedAt + leaseSeconds.led;
}

/** When to send a claim, as far as can be told by now. `rank` counts from 0. */
export function claimDue(
  { lease, freeAt, claimedAt }: Election,
  identity: string,
  rank: () => number,
  now: number,
): number {
  if (lease === "unknown") return Number.POSITIVE_INFINITY;
  if (claimedAt !== undefined) return claimedAt + leaseSeconds.renewal;
  // So it is after a restart of the container, and after a claim whose answer was lost.
  if (lease !== "absent" && lease.holder === identity) return now;
  // Ranks change with the cluster, so they are asked for only when they matter.
  return now < freeAt ? freeAt : freeAt + joinDelay(rank());
}

function joinDelay(rank: number): number {
  return Math.min(Math.max(0, rank - competitors + 1) * joinSeconds.apart, joinSeconds.most);
}
