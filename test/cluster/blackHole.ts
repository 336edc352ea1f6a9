import { kubectl } from "./command.ts";
import { dropForwarded } from "./dropRule.ts";
import { nodeOf, type Pod } from "./pods.ts";

/** Drops on one agent's node whatever goes to the pods of another's. Disposing heals it. */
export async function openBlackHole(from: Pod, to: Pod): Promise<AsyncDisposable> {
  return dropForwarded(nodeOf(from), "-d", await podRangeOf(to));
}

/** The addresses of a node's pods: as the node object says; where it does not, the 256 addresses around the pod's, which is the usual range of a node. */
export async function podRangeOf(pod: Pod): Promise<string> {
  const range = await kubectl("get", "node", nodeOf(pod), "--output=jsonpath={.spec.podCIDR}");
  return range === "" ? `${pod.status.podIP}/24` : range;
}
