import { isIPv6 } from "node:net";
import type { Config } from "../config/config.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Peer } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import { chooseNeighbours, rememberedHash } from "../mesh/ring.ts";
import { departureGrace } from "../results/departureGrace.ts";
import type { CheckType, ResultsView } from "../results/results.ts";
import type { Checks } from "./checks.ts";

/** By this header an agent counts how many others check it. Every kubenurse sends and counts it. */
const originHeader = "kubenurse-neighbour-origin";

/** Starts and ends the checks of neighbours. */
export interface NeighbourChecks {
  /** Follows a change of what discovery knows. */
  follow(discovery: Discovery): void;
}

export function createNeighbourChecks(
  config: Config,
  edges: Edges,
  checks: Checks,
  results: Pick<ResultsView, "latest">,
): NeighbourChecks {
  const checked = new Map<CheckType, Peer>();
  const hash = rememberedHash();
  return {
    follow(discovery) {
      const view = discovery.view();
      if (view.state === "unknown") return;
      const ownName = discovery.ownNode().name ?? "";
      const wanted = byType(chooseNeighbours(view.peers, ownName, config.neighbourLimit, hash));
      const unready = byType(view.unready ?? []);
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
        checks.start({
          type,
          target: { url: urlOf(peer, config.tls !== undefined), headers: { [originHeader]: edges.hostname } },
          grace: departureGrace,
          notBefore: settledAt(peer, edges),
        });
      }
    },
  };
}

function byType(peers: readonly Peer[]): ReadonlyMap<CheckType, Peer> {
  return new Map(peers.map((peer) => [`path_${peer.nodeName}`, peer]));
}

/** A pod that took another's place on a node is another peer, and so is one that is ready sooner than it was waited for. */
function isSamePeer(now: Peer | undefined, before: Peer, wallNow: number): boolean {
  const readySooner = before.settledAt > wallNow && now !== undefined && now.settledAt < before.settledAt;
  return now?.podName === before.podName && now.podIP === before.podIP && !readySooner;
}

function urlOf({ podIP }: Peer, tls: boolean): URL {
  const host = isIPv6(podIP) ? `[${podIP}]` : podIP;
  return new URL(tls ? `https://${host}:8443/alwayshappy` : `http://${host}:8080/alwayshappy`);
}

/** At most half a minute from now, since the cluster's clock and ours may differ. */
function settledAt(peer: Peer, { clock }: Edges): number {
  return clock.now() + Math.min(30, Math.max(0, peer.settledAt - clock.wallNow()));
}
