import type { PeerView } from "../discovery/peer.ts";

/** A node's place among those with an agent by its hash, from 0; Infinity before they are known. */
export function rankAmong(view: PeerView, ownNode: string, hash: (nodeName: string) => bigint): number {
  if (view.state === "unknown") return Number.POSITIVE_INFINITY;
  const own = hash(ownNode);
  return new Set(view.peers.map(({ nodeName }) => nodeName).filter((name) => hash(name) < own)).size;
}
