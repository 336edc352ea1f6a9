import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { kubectl } from "./command.ts";
import { agentsGone, rolledOut } from "./rollout.ts";
import { settings } from "./settings.ts";
import { say } from "./waiting.ts";

/**
 * Applies the manifests of `folder` with the image under test, and resolves when every node's agent is available.
 * Disposing deletes them and resolves when all is gone.
 */
export async function install(
  folder: string,
  manifestsImage: string,
  changes: readonly JsonPatch[] = [],
): Promise<AsyncDisposable> {
  const overlay = await mkdtemp(join(tmpdir(), "kubenurse-overlay-"));
  await writeFile(
    join(overlay, "kustomization.yaml"),
    kustomization(relative(overlay, folder), manifestsImage, changes),
  );
  await kubectl("apply", "-k", overlay);
  await rolledOut();
  return {
    async [Symbol.asyncDispose]() {
      say("  removing the agents");
      await kubectl("delete", "-k", overlay, "--ignore-not-found", "--wait");
      await agentsGone();
      await rm(overlay, { recursive: true });
    },
  };
}

/** A change of the DaemonSet, as in RFC 6902. */
interface JsonPatch {
  readonly op: "add" | "replace";
  readonly path: string;
  readonly value: string;
}

/** Switches the check of the ingress on, at the host of our Ingress. */
export const ingressChecked: JsonPatch = {
  op: "replace",
  path: "/spec/template/spec/containers/0/env/0/value",
  value: "http://kubenurse.example.test",
};

/** JSON is YAML. The image is in the nodes already, so it is never pulled. */
function kustomization(folder: string, manifestsImage: string, changes: readonly JsonPatch[]): string {
  const { repository: newName, tag: newTag } = settings.image;
  const neverPull = { op: "add", path: "/spec/template/spec/containers/0/imagePullPolicy", value: "Never" };
  return JSON.stringify({
    resources: [folder],
    images: [{ name: manifestsImage, newName, newTag }],
    patches: [{ target: { kind: "DaemonSet" }, patch: JSON.stringify([neverPull, ...changes]) }],
  });
}
