import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { ClusterNode } from "./analysis.ts";
import { nodesOf } from "./culprits.ts";
import type { Finding } from "./finding.ts";

/**
 * The nodes that have an agent; undefined before they are known. `own` is absent where this is no agent. `wallNow` is Unix time.
 */
export function clusterNodes(
  view: PeerView,
  own: OwnNode | undefined,
  open: readonly Finding[],
  wallNow: number,
): readonly ClusterNode[] | undefined {
  if (view.state === "unknown") return undefined;
  const accused = new Set(open.flatMap(({ component }) => nodesOf(component)));
  const nodes = new Map<string, ClusterNode>();
  const add = (name: string, zone: string | undefined, settled: boolean) => {
    const state = settled || nodes.get(name)?.state === "settled" ? "settled" : "planned";
    nodes.set(name, { name, ...(zone === undefined ? {} : { zone }), state });
  };
  for (const { nodeName, zone, settledAt } of view.peers) add(nodeName, zone, settledAt <= wallNow);
  // One that was accused before it turned unready is dead, not cordoned: to let it go would end the alarm.
  for (const { nodeName, zone } of view.unready ?? []) add(nodeName, zone, accused.has(nodeName));
  if (own?.name !== undefined) add(own.name, own.zone, own.schedulable);
  return [...nodes.values()];
}
