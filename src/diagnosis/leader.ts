import { type Election, leads } from "./election.ts";

/** Who judges the reports of all agents, as far as this one knows. */
export type Leader =
  | { readonly state: "self" }
  /** This one did last and nobody else is known to, but it can't renew its Lease: it may go on judging, but must not write to the API. */
  | { readonly state: "caretaker" }
  /** `address` is host:port as the holder wrote it, to be trusted as far as the Lease is. */
  | { readonly state: "other"; readonly holder: string; readonly address?: string }
  | { readonly state: "none" }
  /** There can be none, since the API server does not let agents have a Lease. */
  | { readonly state: "refused" };

/** What the API server does not let this agent do with the Lease. */
export type Refused = "nothing" | "reading" | "writing";

export function leaderOf(election: Election, identity: string, refused: Refused, now: number): Leader {
  const { lease, freeAt, claimedAt } = election;
  if (leads(election, now)) return { state: "self" };
  if (claimedAt !== undefined) return { state: "caretaker" };
  // Others may be permitted to write, so a Lease that is held counts.
  if (refused === "reading" || (refused === "writing" && now >= freeAt)) return { state: "refused" };
  if (typeof lease === "string" || ["", identity].includes(lease.holder)) return { state: "none" };
  const { holder, address } = lease;
  return { state: "other", holder, ...(address === undefined ? {} : { address }) };
}
