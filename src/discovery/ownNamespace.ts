import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/config.ts";

/** The namespace of the agents, else that of the own pod's service account; undefined outside of a cluster. */
export function ownNamespace({ namespace }: Config, serviceAccountDirectory: string): string | undefined {
  if (namespace !== "") return namespace;
  try {
    return readFileSync(join(serviceAccountDirectory, "namespace"), "utf8").trim() || undefined;
  } catch {
    return undefined;
  }
}
