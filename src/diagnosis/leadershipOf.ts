import { agentUrl } from "../checks/agentUrl.ts";
import type { Peer } from "../discovery/peer.ts";
import type { Leader } from "./leader.ts";
import type { Leadership } from "./view.ts";

/** What the Lease says, with the leader's HTTP port as discovery or else the Lease knows it; nobody where neither does. */
export function leadershipOf(leader: Leader, peers: readonly Peer[]): Leadership {
  switch (leader.state) {
    case "caretaker":
      return { state: "self" };
    case "refused":
      return { state: "alone" };
    case "other": {
      const { holder: pod, address } = leader;
      const peer = peers.find(({ podName }) => podName === pod);
      const url = peer === undefined ? urlOf(address) : agentUrl(peer, "/", { tls: undefined });
      return url === undefined ? { state: "none" } : { state: "peer", pod, url };
    }
    default:
      return leader;
  }
}

/** `address` is host:port, as anybody who may change the Lease wrote it. */
function urlOf(address: string | undefined): URL | undefined {
  const url = URL.parse(`http://${address}`);
  return url !== null && url.host === address ? url : undefined;
}
