import type { V1DaemonSet, V1EnvVar } from "@kubernetes/client-node";

/** The agent's environment on node `node-1`: the DaemonSet's, and what the kubelet adds in every pod. */
export function agentEnvironment(daemonSet: V1DaemonSet): Record<string, string> {
  const env = daemonSet.spec?.template.spec?.containers[0]?.env ?? [];
  return {
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
    ...Object.fromEntries(env.map((variable) => [variable.name, textOf(variable)])),
  };
}

function textOf({ name, value, valueFrom }: V1EnvVar): string {
  const { fieldPath } = valueFrom?.fieldRef ?? {};
  const text = fieldPath === "spec.nodeName" ? "node-1" : value;
  if (text === undefined) throw new Error(`${name} has neither a value nor a field that is known here`);
  return text;
}
