import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import type { ExpectedEndpoint } from "../probes/service/reach.ts";

/** What tells which agents there are, the own one included. */
export interface AgentsView {
  readonly view: () => PeerView;
  readonly ownNode: () => OwnNode;
  /** Whether the own pod is ready. */
  readonly ready: () => boolean;
}

/**
 * The agents that a Service at `address` should lead to: those that are ready. None while the view is late, and none where the
 * address is a pod's: that of a headless Service leads to this one pod.
 */
export function expectedEndpoints(
  address: string,
  { view, ownNode, ready }: AgentsView,
  { hostname, localAddresses }: Pick<Edges, "hostname" | "localAddresses">,
): readonly ExpectedEndpoint[] {
  const known = view();
  if (known.state !== "fresh") return [];
  if ([...known.peers.map(({ podIP }) => podIP), ...localAddresses()].includes(address)) return [];
  const { zone: ownZone } = ownNode();
  const own = ready() ? [{ pod: hostname, near: true }] : [];
  const isNear = (zone: string | undefined) =>
    zone === undefined || ownZone === undefined || zone === ownZone;
  const others = known.peers.filter((peer) => peer.ready === true);
  return [...own, ...others.map(({ podName, zone }) => ({ pod: podName, near: isNear(zone) }))];
}
