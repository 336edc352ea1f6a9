import type { Peer } from "../discovery/peer.ts";

/** During a surge a node has two agents; the newer one stays. */
export function onePerNode(peers: readonly Peer[]): Peer[] {
  const chosen = new Map<string, Peer>();
  for (const peer of peers) {
    const other = chosen.get(peer.nodeName);
    if (other === undefined || isNewer(peer, other)) chosen.set(peer.nodeName, peer);
  }
  return [...chosen.values()];
}

function isNewer(peer: Peer, other: Peer): boolean {
  if (peer.settledAt !== other.settledAt) return peer.settledAt > other.settledAt;
  return peer.podName > other.podName;
}
