import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { kubectl } from "./command.ts";
import { namespace } from "./fleet.ts";
import { settings } from "./settings.ts";
import { say } from "./waiting.ts";

/**
 * Applies the manifests of `folder` with the image under test, and resolves when every node's agent is available.
 * Disposing deletes them and resolves when all is gone.
 */
export async function install(folder: string, manifestsImage: string): Promise<AsyncDisposable> {
  const overlay = await mkdtemp(join(tmpdir(), "kubenurse-overlay-"));
  await writeFile(
    join(overlay, "kustomization.yaml"),
    kustomization(relative(overlay, folder), manifestsImage),
  );
  await kubectl("apply", "-k", overlay);
  await rolledOut();
  return {
    async [Symbol.asyncDispose]() {
      say("  removing the agents");
      await kubectl("delete", "-k", overlay, "--ignore-not-found", "--wait");
      await kubectl(
        "wait",
        "--for=delete",
        "pod",
        ...inNamespace,
        "--selector=app=kubenurse",
        "--timeout=120s",
      );
      await rm(overlay, { recursive: true });
    },
  };
}

export async function rolloutRestart(): Promise<void> {
  await kubectl("rollout", "restart", "daemonset/kubenurse", ...inNamespace);
  await rolledOut();
}

const inNamespace = ["--namespace", namespace];

async function rolledOut() {
  await kubectl("rollout", "status", "daemonset/kubenurse", ...inNamespace, "--timeout=600s");
}

/** JSON is YAML. The image is in the nodes already, so it is never pulled. */
function kustomization(folder: string, manifestsImage: string): string {
  const [, newName, newTag = "latest"] = /^(.*?)(?::([^/]*))?$/.exec(settings.image) ?? [];
  const neverPull = [{ op: "add", path: "/spec/template/spec/containers/0/imagePullPolicy", value: "Never" }];
  return JSON.stringify({
    resources: [folder],
    images: [{ name: manifestsImage, newName, newTag }],
    patches: [{ target: { kind: "DaemonSet" }, patch: JSON.stringify(neverPull) }],
  });
}
