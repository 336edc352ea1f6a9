import type { Peer } from "../../src/discovery/peer.ts";
import { rememberedHash } from "../../src/mesh/ring.ts";
import { chooseWatched } from "../../src/mesh/zonedRing.ts";

/** A cluster's parts, by their names and places. */
export interface Cluster {
  readonly nodes: readonly Node[];
  readonly dnsPods: readonly { readonly pod: string; readonly node: number }[];
  readonly apiServers: number;
}

interface Node {
  readonly name: string;
  readonly pod: string;
  readonly zone: string;
  /** The places of the nodes that its agent watches, as the real mesh chooses them. */
  readonly watched: readonly number[];
}

const zones = ["zone-a", "zone-b", "zone-c"];

export function makeCluster(size: number, random: () => number): Cluster {
  return clusterOf(size, random, (peers) => {
    const hash = rememberedHash();
    const placeOf = new Map(peers.map(({ nodeName }, index) => [nodeName, index]));
    return ({ nodeName, zone = "" }) =>
      chooseWatched(peers, { nodeName, zone }, 10, hash).map((peer) => placeOf.get(peer.nodeName) ?? 0);
  });
}

/** A cluster so large that choosing for all nodes, which each agent does for itself, would take minutes: each watches the next ten. */
export function withoutMesh(size: number, random: () => number): Cluster {
  return clusterOf(
    size,
    random,
    () => (_peer, index) => Array.from({ length: 10 }, (_, n) => (index + n + 1) % size),
  );
}

function clusterOf(
  size: number,
  random: () => number,
  chooser: (peers: readonly Peer[]) => (peer: Peer, index: number) => readonly number[],
): Cluster {
  const names = Array.from({ length: size }, () => `node-${Math.floor(random() * 1e9).toString(36)}`);
  const peers = names.map(
    (nodeName, index): Peer => ({
      ...{ nodeName, podName: `kubenurse-${index}`, podIP: `10.0.0.${index}`, hostIP: "" },
      ...{ zone: zones[index % zones.length] ?? "", settledAt: 0 },
    }),
  );
  const choose = chooser(peers);
  const nodes = peers.map((peer, index) => ({
    name: peer.nodeName,
    pod: peer.podName,
    zone: peer.zone ?? "",
    watched: choose(peer, index),
  }));
  const dnsPods = Array.from({ length: 4 }, (_, n) => ({
    pod: `coredns-${n}`,
    node: Math.floor(((n + random()) * size) / 4),
  }));
  return { nodes, dnsPods, apiServers: 3 };
}
