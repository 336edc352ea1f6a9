import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { startHttpPeer } from "../../test/peers/httpPeer.ts";
import { startKubernetes } from "../../test/peers/kubernetes.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { connectToKubernetes, type KubernetesConnection } from "./connection.ts";

const signal = new AbortController().signal;
const leases = "/apis/coordination.k8s.io/v1/namespaces/nurses/leases";
const lease = (holderIdentity: string, more = {}) => ({
  metadata: { name: "a", ...more },
  spec: { holderIdentity },
});

/** A connection as kubectl has it, to a server with a token. */
async function byKubeconfig(server: string, stack: AsyncDisposableStack): Promise<KubernetesConnection> {
  const directory = await mkdtemp(join(tmpdir(), "kubenurse-kubeconfig-"));
  stack.defer(() => rm(directory, { recursive: true }));
  const kubeconfig = join(directory, "config");
  const cluster = { server, "insecure-skip-tls-verify": true };
  const named = {
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token: "test-token" } }],
  };
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  await writeFile(kubeconfig, JSON.stringify({ ...named, contexts, "current-context": "c" }));
  return connectToKubernetes(loadConfig({ KUBECONFIG: kubeconfig }).config, "/nonexistent");
}

describe.each(["service account", "kubeconfig"])("by %s", (way) => {
  test("objects are created, replaced and patched; failures have the server's status and words", async () => {
    await using stack = new AsyncDisposableStack();
    const { api, environment, serviceAccountDirectory } = stack.use(await startKubernetes());
    const { get, send } =
      way === "kubeconfig"
        ? await byKubeconfig(`https://127.0.0.1:${api.port}`, stack)
        : await connectToKubernetes(loadConfig(environment).config, serviceAccountDirectory);
    const path = `${leases}/a`;
    await expect(get(path, signal)).rejects.toMatchObject({ status: 404 });
    const created = await send({ method: "POST", path: leases, body: lease("first") }, signal);
    expect(created).toMatchObject({ spec: { holderIdentity: "first" } });
    await expect(send({ method: "POST", path: leases, body: lease("again") }, signal)).rejects.toMatchObject({
      ...{ status: 409, message: expect.stringContaining("already exists") },
    });

    const { resourceVersion } = (created as { metadata: { resourceVersion: string } }).metadata;
    await send({ method: "PUT", path, body: lease("second", { resourceVersion }) }, signal);
    await expect(
      send({ method: "PUT", path, body: lease("late", { resourceVersion }) }, signal),
    ).rejects.toMatchObject({ status: 409 });

    const contentType = "application/merge-patch+json";
    await send({ method: "PATCH", path, contentType, body: { spec: { leaseTransitions: 7 } } }, signal);
    expect(JSON.parse(await text(await get(path, signal)))).toMatchObject({
      spec: { holderIdentity: "second", leaseTransitions: 7 },
    });
  });
});

test("a request without an answer ends with its signal", async () => {
  await using stack = new AsyncDisposableStack();
  const peer = stack.use(await startHttpPeer(() => ending.abort(new Error("too late"))));
  const ending = new AbortController();
  const { send } = await byKubeconfig(`http://127.0.0.1:${peer.port}`, stack);
  await expect(send({ method: "POST", path: leases, body: {} }, ending.signal)).rejects.toThrow();
  expect(peer.requests[0]?.headers).toMatchObject({
    ...{ "content-type": "application/json", "content-length": "2", "user-agent": "kubenurse" },
  });
  await peer.allClosed();
});
