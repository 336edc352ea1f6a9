import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../config/loadConfig.ts";
import { ownNamespace } from "./ownNamespace.ts";

test("the setting counts, else the service account's namespace, and outside of a cluster there is none", async () => {
  const directory = await mkdtemp(join(tmpdir(), "kubenurse-test-"));
  try {
    const set = loadConfig({ KUBENURSE_NAMESPACE: "network" }).config;
    const unset = loadConfig({}).config;
    expect(ownNamespace(unset, directory)).toBeUndefined();
    await writeFile(join(directory, "namespace"), "kube-system\n");
    expect(ownNamespace(unset, directory)).toBe("kube-system");
    expect(ownNamespace(set, directory)).toBe("network");
  } finally {
    await rm(directory, { recursive: true });
  }
});
