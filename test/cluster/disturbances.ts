import { kubectl, onNode, run } from "./command.ts";
import { containerOf, namespace, nodeOf, type Pod } from "./pods.ts";
import { rolledOut } from "./rollout.ts";
import { settings } from "./settings.ts";
import { waitFor } from "./waiting.ts";

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

/** Stops a pod's processes where they are, as a hang does; its connections stay open. */
export async function stoppedProcesses(pod: Pod): Promise<AsyncDisposable> {
  const signal = (name: string) =>
    onNode(
      nodeOf(pod),
      "sh",
      "-c",
      `grep -l "$1" /proc/[0-9]*/cgroup | cut -d / -f 3 | xargs kill -${name}`,
      "sh",
      containerOf(pod),
    );
  await signal("STOP");
  return healedBy(() => signal("CONT"));
}

/** Gives one running pod 20 thousandths of a core, as a CPU limit of 20m does, until it is healed or its container begins anew. */
export async function starved(pod: Pod): Promise<AsyncDisposable> {
  const atQuota = (script: string, ...words: string[]) =>
    onNode(nodeOf(pod), "sh", "-c", `${findQuota}; ${script}`, "sh", containerOf(pod), ...words);
  const before = await atQuota('cat "$file"');
  const write = (quota: string) => atQuota('[ -z "$file" ] || echo "$2" >"$file"', quota);
  await write("2000");
  return healedBy(() => write(before.split(/\s/)[0] ?? "max"));
}

/** Of cgroups of either version; both count in microseconds of a period that is 100 ms unless told otherwise. */
const findQuota =
  'file=$(find /sys/fs/cgroup -path "*$1*" "(" -name cpu.max -o -name cpu.cfs_quota_us ")" | head -n 1)';

export async function several(
  ...disturbances: readonly Promise<AsyncDisposable>[]
): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  for (const disturbance of await Promise.all(disturbances)) stack.use(disturbance);
  return stack;
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
