import type { Config } from "../config/config.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { OwnNode, Peer } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import { ownPlace } from "../mesh/ownPlace.ts";
import { chooseNeighbours, rememberedHash } from "../mesh/ring.ts";
import { chooseWatched } from "../mesh/zonedRing.ts";
import { departureGrace } from "../results/departureGrace.ts";
import type { ResultsView } from "../results/results.ts";
import { agentUrl } from "./agentUrl.ts";
import type { Checks } from "./checks.ts";
import { followPeers } from "./followedPeers.ts";
import type { HttpCheck } from "./httpCheck.ts";

/** By this header an agent counts how many others check it. Every kubenurse sends and counts it. */
const originHeader = "kubenurse-neighbour-origin";

/** Starts and ends the checks of neighbours. */
export interface NeighbourChecks {
  /** Follows a change of what discovery knows. */
  follow(discovery: Pick<Discovery, "view" | "ownNode">): void;
}

export function createNeighbourChecks(
  config: Config,
  edges: Edges,
  checks: Pick<Checks, "start" | "end">,
  httpCheck: HttpCheck,
  results: Pick<ResultsView, "latest">,
): NeighbourChecks {
  const hash = rememberedHash();
  const { neighbourLimit, mesh } = config;
  const choose = (peers: readonly Peer[], own: OwnNode) => {
    if (mesh.pathChoice === "ring") return chooseNeighbours(peers, own.name ?? "", neighbourLimit, hash);
    const limit = neighbourLimit > 0 ? neighbourLimit : Number.POSITIVE_INFINITY;
    return chooseWatched(peers, ownPlace(own, peers), limit, hash);
  };
  const followed = followPeers({
    ...{ edges, checks, results },
    typeOf: ({ nodeName }) => `path_${nodeName}`,
    checkOf(peer, type) {
      const subject = { type, probe: "http", target: type, sort: "path", compatible: true } as const;
      const target = {
        url: agentUrl(peer, "/alwayshappy", config),
        headers: { [originHeader]: edges.hostname },
      };
      return httpCheck({ subject, grace: departureGrace }, target);
    },
  });
  return {
    follow(discovery) {
      const view = discovery.view();
      if (view.state === "unknown") return;
      followed.follow(choose(view.peers, discovery.ownNode()), view.unready ?? []);
    },
  };
}
