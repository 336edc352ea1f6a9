import { kubectl, onNode, run } from "../command.ts";
import { namespace, type Pod } from "../pods.ts";
import { rolledOut } from "../rollout.ts";
import { settings } from "../settings.ts";
import { waitFor } from "../waiting.ts";

export const nothingToHeal = healedBy(async () => {});

/** Resolves when the pod is gone. */
export async function replaceAgent({ metadata }: Pod): Promise<void> {
  await kubectl("delete", "pod", metadata.name, "--namespace", namespace);
}

export async function cordoned(node: string): Promise<AsyncDisposable> {
  await kubectl("cordon", node);
  return healedBy(() => kubectl("uncordon", node));
}

export async function drained(node: string): Promise<AsyncDisposable> {
  const cordon = await cordoned(node);
  await kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data");
  return cordon;
}

export async function slowLink(node: string): Promise<AsyncDisposable> {
  const link = ["dev", "eth0", "root"];
  const slow = ["tbf", "rate", "1mbit", "burst", "4kb", "latency", "50ms"];
  await onNode(node, "tc", "qdisc", "add", ...link, ...slow);
  return healedBy(() => onNode(node, "tc", "qdisc", "del", ...link));
}

/** The agents are replaced, but nobody waits for it: throttled ones may take long to start. */
export async function limitedCpu(value: string): Promise<AsyncDisposable> {
  const path = "/spec/template/spec/containers/0/resources/limits/cpu";
  await patchAgents({ op: "add", path, value });
  return healedBy(async () => {
    await patchAgents({ op: "remove", path });
    await rolledOut();
  });
}

/** Healing resolves when the API server is well. */
export async function stoppedComponent(component: string, node: string): Promise<AsyncDisposable> {
  await run([...settings.component, "stop", component, node]);
  return healedBy(async () => {
    await run([...settings.component, "start", component, node]);
    await waitFor("the API server", 120, () => kubectl("get", "--raw", "/readyz"));
  });
}

function healedBy(heal: () => Promise<unknown>): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await heal();
    },
  };
}

async function patchAgents(operation: object) {
  const patch = JSON.stringify([operation]);
  await kubectl("patch", "daemonset/kubenurse", "--namespace", namespace, "--type=json", "--patch", patch);
}
