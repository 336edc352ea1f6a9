import { join } from "node:path";
import type { Edges } from "../edges.ts";
import { createChangingFile } from "../lib/changingFile.ts";

/** Reads the pod's token, again when it was rotated; the function throws the file system's error where it can't. */
export function serviceAccountToken({ serviceAccountDirectory }: Edges): () => string {
  const file = createChangingFile(join(serviceAccountDirectory, "token"));
  return () => file.read().content.trim();
}
