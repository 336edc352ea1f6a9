import { kubectl } from "./command.ts";
import { namespace } from "./pods.ts";

const inNamespace = ["--namespace", namespace];

/** Replaces all agents, and resolves when the new ones are available. */
export async function rolloutRestart(): Promise<void> {
  await kubectl("rollout", "restart", "daemonset/kubenurse", ...inNamespace);
  await rolledOut();
}

/** Resolves when each node has an available agent of the latest revision. */
export async function rolledOut(): Promise<void> {
  await kubectl("rollout", "status", "daemonset/kubenurse", ...inNamespace, "--timeout=600s");
}

/** Resolves when the pods of a removed installation are gone. */
export async function agentsGone(): Promise<void> {
  const options = ["--selector=app=kubenurse", "--timeout=120s"];
  await kubectl("wait", "--for=delete", "pod", ...inNamespace, ...options);
}
