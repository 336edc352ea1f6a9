import type { Config } from "../config/config.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Peer } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import { ownPlace } from "../mesh/ownPlace.ts";
import { rememberedHash } from "../mesh/ring.ts";
import { chooseWatched } from "../mesh/zonedRing.ts";
import type { AgentIdentity } from "../probes/agentIdentity.ts";
import type { Trust } from "../probes/http/trust.ts";
import { payloadProbe } from "../probes/payload/probe.ts";
import type { ProbeKind } from "../probes/reading.ts";
import { tcpProbe } from "../probes/tcp/probe.ts";
import { udpProbe } from "../probes/udp/probe.ts";
import { createProof, provenGrace } from "../results/provenGrace.ts";
import type { ResultsView } from "../results/results.ts";
import { agentUrl } from "./agentUrl.ts";
import type { Check, Checks } from "./checks.ts";
import { followPeers } from "./followedPeers.ts";
import type { NodeAddresses } from "./nodeAddresses.ts";

/** Starts and ends the checks of the watched peers that tell layers apart: datagrams, large messages, the nodes' own network. */
export interface MeshChecks {
  /** Follows a change of what discovery knows. */
  follow(discovery: Pick<Discovery, "view" | "ownNode">): void;
  /** Follows what an agent's answer said of itself. */
  learn(identity: AgentIdentity): void;
  /** How many peers are watched. */
  neighbours(): number;
}

export interface MeshChecksOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly checks: Pick<Checks, "start" | "end">;
  readonly results: Pick<ResultsView, "latest">;
  readonly trust: Trust;
  readonly nodeAddresses: NodeAddresses;
}

export function createMeshChecks({ trust, nodeAddresses, ...options }: MeshChecksOptions): MeshChecks {
  const { config } = options;
  const { layers, mesh, udpPort, checkIntervalSeconds } = config;
  const [key] = mesh.keys;
  const hash = rememberedHash();
  let watched: readonly Peer[] = [];
  let unready: readonly Peer[] = [];

  const kind = (probe: ProbeKind, intervalSeconds: number, attemptOn: (peer: Peer) => Check["attempt"]) => {
    const grace = provenGrace(createProof());
    return followPeers({
      ...options,
      typeOf: ({ nodeName }) => `${probe}_${nodeName}`,
      checkOf: (peer, type) => ({
        subject: { type, probe, target: peer.nodeName, sort: "neighbours", compatible: false },
        attempt: attemptOn(peer),
        ...{ grace, intervalSeconds },
      }),
    });
  };
  const secondary = 2 * checkIntervalSeconds;
  const datagrams = kind("udp", checkIntervalSeconds, ({ podIP }) => {
    const target = {
      to: { address: podIP, port: udpPort },
      ...(key === undefined ? {} : { key }),
    };
    return (context) => udpProbe.attempt(target, context);
  });
  const payloads = kind("payload", secondary, (peer) => {
    const target = { url: agentUrl(peer, "/", config), trust };
    return (context) => payloadProbe.attempt(target, context);
  });
  const nodes = kind("tcp", secondary, (peer) => {
    const target = {
      host: nodeAddresses.of(peer) ?? "",
      port: layers.nodeAddressPort ?? 0,
      refusedIsReached: true,
    };
    return (context) => tcpProbe.attempt(target, context);
  });
  const followNodes = () => {
    if (layers.nodeAddressPort === undefined) return;
    nodes.follow(
      watched.filter((peer) => nodeAddresses.of(peer) !== undefined),
      unready,
    );
  };

  return {
    follow(discovery) {
      const view = discovery.view();
      if (view.state === "unknown") return;
      const own = ownPlace(discovery.ownNode(), view.peers);
      watched = chooseWatched(view.peers, own, mesh.neighbours, hash);
      unready = view.unready ?? [];
      if (layers.udp) datagrams.follow(watched, unready);
      if (layers.payload) payloads.follow(watched, unready);
      followNodes();
    },
    learn(identity) {
      if (nodeAddresses.learn(identity)) followNodes();
    },
    neighbours: () => watched.length,
  };
}
