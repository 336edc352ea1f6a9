import type { V1DaemonSet, V1EnvVar } from "@kubernetes/client-node";

/** The agent's environment on node `node-1`: the DaemonSet's, and what the kubelet adds in every pod. */
export function agentEnvironment(daemonSet: V1DaemonSet): Record<string, string> {
  const env = daemonSet.spec?.template.spec?.containers[0]?.env ?? [];
  return {
    KUBERNETES_SERVICE_HOST: "10.96.0.1",
    KUBERNETES_SERVICE_PORT: "443",
    ...Object.fromEntries(env.map((variable) => [variable.name, textOf(variable, daemonSet)])),
  };
}

function textOf({ name, value, valueFrom }: V1EnvVar, { metadata }: V1DaemonSet): string {
  const { fieldRef, secretKeyRef } = valueFrom ?? {};
  const fields: Record<string, string | undefined> = {
    "metadata.namespace": metadata?.namespace,
    "spec.nodeName": "node-1",
    "status.hostIP": "192.0.2.1",
  };
  const secret = secretKeyRef && `${secretKeyRef.key} of ${secretKeyRef.name}`;
  const text = value ?? fields[fieldRef?.fieldPath ?? ""] ?? secret;
  if (text === undefined) throw new Error(`${name} has neither a value nor a field that is known here`);
  return text;
}
