import { kubectl, onNode } from "./command.ts";
import type { Agent } from "./fleet.ts";

/** Drops on one agent's node whatever goes to the pods of another's. Disposing heals it. */
export async function openBlackHole(from: Agent, to: Agent): Promise<AsyncDisposable> {
  const rule = ["-d", await podRangeOf(to), "-m", "comment", "--comment", "kubenurse-test", "-j", "DROP"];
  await onNode(from.node, "iptables", "-I", "FORWARD", "1", ...rule);
  return {
    async [Symbol.asyncDispose]() {
      await onNode(from.node, "iptables", "-D", "FORWARD", ...rule);
    },
  };
}

/** As the node object says; where it does not, the 256 addresses around the pod's, which is the usual range of a node. */
async function podRangeOf({ node, pod }: Agent): Promise<string> {
  const range = await kubectl("get", "node", node, "--output=jsonpath={.spec.podCIDR}");
  return range === "" ? `${pod.status.podIP}/24` : range;
}
