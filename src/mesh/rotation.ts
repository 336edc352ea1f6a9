import type { Peer } from "../discovery/peer.ts";
import { onePerNode } from "./onePerNode.ts";
import { nodeHash } from "./ring.ts";

/** A visit may be so late and still count for its period: as long as an attempt and its retries take. */
const lateSeconds = 15;

/** How many of the pairs (own node, another) were visited. */
export interface PairCoverage {
  /** Of the pairs, the share that was visited within the last period, or a little late. */
  readonly ratio: number;
  /** Seconds since the last visit, or since the other could first be visited, of the pair for which that is longest ago. */
  readonly oldestSeconds: number;
}

/** In which order an agent visits all others: each once in a period of (nodes - 1) / rate seconds. */
export interface Rotation {
  /** The peers there are; one is not visited before its `settledAt`, in monotonic seconds. `wallNow` is Unix time. */
  follow(ownNode: string, peers: readonly Peer[], settledAt: (peer: Peer) => number, wallNow: number): void;
  /** The peer whose turn it is, at `now` in monotonic seconds. */
  next(now: number): Peer | undefined;
  /** Notes a visit, begun at `at` in monotonic seconds, that told something of the pair. */
  visited(peer: Peer, at: number): void;
  /** Absent while there is nobody to visit. */
  coverage(now: number): PairCoverage | undefined;
}

interface Other {
  readonly peer: Peer;
  /** The lowest is next; of equal ones, the first on the ring. */
  readonly turn: number;
  readonly settledAt: number;
  readonly visitedAt?: number;
}

/**
 * Whoever was not visited for the longest time is next, so no loss of time leaves a pair out. Agents visit in the order of one ring, each from
 * its own place, and start equally far along it by the wall clock: so each node is visited evenly, and a new one when its turn comes.
 */
export function createRotation(
  visitsPerSecond: number,
  hash: (nodeName: string) => bigint = nodeHash,
): Rotation {
  /** By node, in the order of the ring, beginning behind the own node's place. */
  let others = new Map<string, Other>();
  let latestTurn = 0;

  return {
    follow(ownNode, peers, settledAt, wallNow) {
      const ring = clockwise(peers, ownNode, hash);
      const knownOnes = ring.flatMap(({ nodeName }) => others.get(nodeName) ?? []);
      const begun = Math.floor(wallNow * visitsPerSecond) % Math.max(1, ring.length);
      let before = knownOnes.at(-1);
      if (before === undefined) latestTurn = ring.length;
      others = new Map(
        ring.map((peer, place) => {
          const known = others.get(peer.nodeName);
          const turn = known?.turn ?? before?.turn ?? (place - begun + ring.length) % ring.length;
          if (known !== undefined) before = known;
          const same = known?.peer.podName === peer.podName;
          const kept = known?.visitedAt === undefined ? {} : { visitedAt: known.visitedAt };
          return [
            peer.nodeName,
            { ...kept, peer, turn, settledAt: same ? known.settledAt : settledAt(peer) },
          ];
        }),
      );
    },
    next(now) {
      const ready = [...others.values()].filter(({ settledAt }) => settledAt <= now);
      const chosen = least(ready, ({ turn }) => turn);
      if (chosen === undefined) return undefined;
      latestTurn += 1;
      others.set(chosen.peer.nodeName, { ...chosen, turn: latestTurn });
      return chosen.peer;
    },
    visited({ nodeName }, at) {
      const other = others.get(nodeName);
      if (other !== undefined) others.set(nodeName, { ...other, visitedAt: at });
    },
    coverage(now) {
      const all = [...others.values()];
      const oldest = least(all, seenAt);
      if (oldest === undefined) return undefined;
      const from = now - (all.length + 1) / visitsPerSecond - lateSeconds;
      const covered = all.filter(({ visitedAt }) => visitedAt !== undefined && visitedAt >= from);
      return { ratio: covered.length / all.length, oldestSeconds: Math.max(0, now - seenAt(oldest)) };
    },
  };
}

function clockwise(peers: readonly Peer[], ownNode: string, hash: (nodeName: string) => bigint): Peer[] {
  const own = hash(ownNode);
  return onePerNode(peers)
    .filter(({ nodeName }) => nodeName !== ownNode)
    .map((peer) => ({ peer, distance: BigInt.asUintN(64, hash(peer.nodeName) - own) }))
    .sort((a, b) => (a.distance < b.distance ? -1 : 1))
    .map(({ peer }) => peer);
}

const seenAt = ({ visitedAt, settledAt }: Other) => visitedAt ?? settledAt;

/** The first of those with the least value. */
function least<Value>(values: readonly Value[], measure: (value: Value) => number): Value | undefined {
  return values.reduce<Value | undefined>(
    (found, value) => (found === undefined || measure(value) < measure(found) ? value : found),
    undefined,
  );
}
