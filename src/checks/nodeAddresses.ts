import type { Peer } from "../discovery/peer.ts";
import type { AgentIdentity } from "../probes/agentIdentity.ts";

/** More than the agents of the largest clusters. */
const mostRemembered = 20_000;

/** By which address a peer's node is reached, beside the pod network. */
export interface NodeAddresses {
  /** Remembers what an agent's answer said; returns whether that was new. */
  learn(identity: AgentIdentity): boolean;
  /** Absent while it is not known, and where it is the pod's own, as with host network. */
  of(peer: Peer): string | undefined;
}

export function createNodeAddresses(): NodeAddresses {
  const byPod = new Map<string, string>();
  return {
    learn({ pod, nodeAddress }) {
      if (nodeAddress === undefined || byPod.get(pod) === nodeAddress) return false;
      // Pods that come and go must not pile up.
      if (byPod.size >= mostRemembered) byPod.clear();
      byPod.set(pod, nodeAddress);
      return true;
    },
    of({ hostIP, podName, podIP }) {
      const address = hostIP || byPod.get(podName);
      return address === podIP ? undefined : address;
    },
  };
}
