import type { Peer } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import type { CheckType, ResultsView } from "../results/results.ts";
import type { Check, Checks } from "./checks.ts";

/** The checks of one kind, one for each of the peers that are wanted. */
export interface FollowedPeers {
  /** `unready` are the agents that were not told to leave and are not ready, wanted or not. */
  follow(wanted: readonly Peer[], unready: readonly Peer[]): void;
}

export interface FollowOptions {
  readonly edges: Edges;
  readonly checks: Pick<Checks, "start" | "end">;
  readonly results: Pick<ResultsView, "latest">;
  readonly typeOf: (peer: Peer) => CheckType;
  readonly checkOf: (peer: Peer, type: CheckType) => Omit<Check, "notBefore">;
}

/** Starts a peer's check when it is wanted and settled, and ends it when it leaves or is replaced. */
export function followPeers({ edges, checks, results, typeOf, checkOf }: FollowOptions): FollowedPeers {
  const checked = new Map<CheckType, Peer>();
  const byType = (peers: readonly Peer[]) => new Map(peers.map((peer) => [typeOf(peer), peer]));
  return {
    follow(wantedPeers, unreadyPeers) {
      const wanted = byType(wantedPeers);
      const unready = byType(unreadyPeers);
      for (const [type, peer] of checked) {
        // One that failed before it turned unready is dead, not cordoned: to let it go would end the alarm.
        const dead = results.latest().get(type)?.state === "failed" ? unready.get(type) : undefined;
        if (isSamePeer(wanted.get(type) ?? dead, peer, edges.clock.wallNow())) continue;
        checks.end(type, "peer-left");
        checked.delete(type);
      }
      for (const [type, peer] of wanted) {
        if (checked.has(type)) continue;
        checked.set(type, peer);
        checks.start({ ...checkOf(peer, type), notBefore: settledAt(peer, edges) });
      }
    },
  };
}

/** A pod that took another's place on a node is another peer, and so is one that is ready sooner than it was waited for. */
function isSamePeer(now: Peer | undefined, before: Peer, wallNow: number): boolean {
  const readySooner = before.settledAt > wallNow && now !== undefined && now.settledAt < before.settledAt;
  return now?.podName === before.podName && now.podIP === before.podIP && !readySooner;
}

/** Monotonic seconds from which a peer is to be tested: at most half a minute from now, since the cluster's clock and ours may differ. */
export function settledAt(peer: Peer, { clock }: Pick<Edges, "clock">): number {
  return clock.now() + Math.min(30, Math.max(0, peer.settledAt - clock.wallNow()));
}
