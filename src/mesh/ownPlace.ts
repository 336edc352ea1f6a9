import type { OwnNode, Peer } from "../discovery/peer.ts";

/**
 * The own node as the other agents see it. Where nodes may not be watched, its zone is known to itself alone, and all must choose from the
 * same.
 */
export function ownPlace(
  { name: nodeName = "", zone }: OwnNode,
  peers: readonly Peer[],
): { readonly nodeName: string; readonly zone?: string } {
  const zonesAreKnown = peers.some((peer) => peer.zone !== undefined);
  return { nodeName, ...(zone === undefined || !zonesAreKnown ? {} : { zone }) };
}
