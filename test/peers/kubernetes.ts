import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiServer, startApiServer } from "../../src/demo/api/server.ts";
import type { ApiObject } from "../../src/demo/api/store.ts";
import { makeCertificateAuthority } from "../../src/demo/certificates.ts";

export interface TestKubernetes extends AsyncDisposable {
  readonly api: ApiServer;
  readonly serviceAccountDirectory: string;
  /** What a pod's environment would say. */
  readonly environment: Record<string, string>;
}

/** An API server on a free port, and a service account for it. */
export async function startKubernetes(
  options: { goneAs?: "status" | "event" } = {},
): Promise<TestKubernetes> {
  const authority = await makeCertificateAuthority();
  const certificate = await authority.issue({ addresses: ["127.0.0.1"], names: ["localhost"] });
  const api = await startApiServer({
    address: "127.0.0.1",
    port: 0,
    certificate,
    tokens: ["test-token"],
    ...options,
  });
  const serviceAccountDirectory = await mkdtemp(join(tmpdir(), "kubenurse-test-"));
  await writeFile(join(serviceAccountDirectory, "token"), "test-token\n");
  await writeFile(join(serviceAccountDirectory, "ca.crt"), authority.certificatePem);
  return {
    api,
    serviceAccountDirectory,
    environment: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(api.port) },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await rm(serviceAccountDirectory, { recursive: true });
    },
  };
}

/** A running agent's pod, as far as discovery reads it. */
export function podObject(
  name: string,
  nodeName: string,
  more: { status?: object; metadata?: object } = {},
): ApiObject {
  return {
    metadata: { name, namespace: "nurses", labels: { app: "kubenurse" }, ...more.metadata },
    spec: { nodeName, containers: [{}] },
    status: {
      phase: "Running",
      podIP: `10.0.0.${name.length}`,
      hostIP: "192.168.0.1",
      containerStatuses: [{ state: { running: { startedAt: "2026-01-01T00:00:00Z" } } }],
      ...more.status,
    },
  };
}

export function nodeObject(name: string, spec: object = {}): ApiObject {
  return { metadata: { name }, spec };
}
