import type { Peer } from "../discovery/peer.ts";
import { onePerNode } from "./onePerNode.ts";
import { nodeHash } from "./ring.ts";
import { countByZone, groupsOf, type Place } from "./zoneGroups.ts";

interface Node extends Place {
  readonly nodeName: string;
  /** Absent for the own node. */
  readonly peer?: Peer;
}

/**
 * The peers that the agent on `own` watches: the `limit` next ones on a ring on which the zones take turns, one for each node. So each node
 * watches and is watched by exactly `limit` others, and by every zone that has at least one node in `limit` - zones + 1. All agents must choose
 * alike. A node whose zone is not known counts to a zone of such nodes. Next ones first.
 */
export function chooseWatched(
  peers: readonly Peer[],
  own: { readonly nodeName: string; readonly zone?: string },
  limit: number,
  hash: (nodeName: string) => bigint = nodeHash,
): readonly Peer[] {
  const nodeOf = (nodeName: string, zone = "") => ({ at: Number(hash(nodeName)) / 2 ** 64, nodeName, zone });
  const others = onePerNode(peers).filter(({ nodeName }) => nodeName !== own.nodeName);
  const all: Node[] = [
    nodeOf(own.nodeName, own.zone),
    ...others.map((peer) => ({ ...nodeOf(peer.nodeName, peer.zone), peer })),
  ];
  const groups = groupsOf(all, limit);
  const first = groups.findIndex((group) => group.some(isOwn));
  const ownGroup = inTurns(groups[first] ?? []);
  const ownPlace = ownGroup.findIndex(isOwn);
  const watched = ownGroup.slice(ownPlace + 1);
  for (const group of [...groups.slice(first + 1), ...groups.slice(0, first)]) {
    if (watched.length >= limit) break;
    watched.push(...inTurns(group));
  }
  watched.push(...ownGroup.slice(0, ownPlace));
  return watched.slice(0, limit).flatMap(({ peer }) => peer ?? []);
}

const isOwn = ({ peer }: Node) => peer === undefined;

/** Spreads each zone's nodes evenly over the group, in the order of their places. */
function inTurns(group: readonly Node[]): readonly Node[] {
  const counts = countByZone(group);
  const zones = [...counts.keys()].sort();
  const seen = new Map<string, number>();
  return group
    .toSorted((a, b) => a.at - b.at || compare(a.nodeName, b.nodeName))
    .map((node) => {
      const rank = seen.get(node.zone) ?? 0;
      seen.set(node.zone, rank + 1);
      // Zones of the same size start one after the other, and so they go on.
      const start = (zones.indexOf(node.zone) + 0.5) / zones.length;
      return { node, turn: (rank + start) / (counts.get(node.zone) ?? 1) };
    })
    .sort((a, b) => a.turn - b.turn || compare(a.node.zone, b.node.zone))
    .map(({ node }) => node);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
