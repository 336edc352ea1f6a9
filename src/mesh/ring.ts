import { createHash } from "node:crypto";
import type { Peer } from "../discovery/peer.ts";
import { onePerNode } from "./onePerNode.ts";

const ringSize = 1n << 64n;
/** More than the nodes of the largest clusters. */
const mostRemembered = 20_000;

/** A node's place on the ring: the first 8 bytes of SHA-256 over its name, big-endian, unsigned. */
export function nodeHash(nodeName: string): bigint {
  return createHash("sha256").update(nodeName, "utf8").digest().readBigUInt64BE(0);
}

/**
 * The peers that the agent on `ownNode` checks: one for each node, and of these the `limit` next ones clockwise.
 * Every agent of every kubenurse must choose alike, so that each node is checked by exactly `limit` others.
 * A limit of 0 or less means all. Sorted by ascending distance.
 */
export function chooseNeighbours(
  peers: readonly Peer[],
  ownNode: string,
  limit: number,
  hash: (nodeName: string) => bigint = nodeHash,
): readonly Peer[] {
  const own = hash(ownNode);
  const byDistance = onePerNode(peers)
    .map((peer) => ({ peer, distance: (hash(peer.nodeName) - own + ringSize) % ringSize }))
    .sort((a, b) => (a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : 0))
    .map(({ peer }) => peer);
  return limit > 0 ? byDistance.slice(0, limit) : byDistance;
}

/** A hash that remembers the nodes it saw, since a choice among thousands is made anew at each change of one. */
export function rememberedHash(): (nodeName: string) => bigint {
  const places = new Map<string, bigint>();
  return (nodeName) => {
    const place = places.get(nodeName) ?? nodeHash(nodeName);
    // Names of nodes that come and go must not pile up.
    if (places.size >= mostRemembered) places.clear();
    places.set(nodeName, place);
    return place;
  };
}
