import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The directory that every pod of the demo sees as its service account's. */
export interface ServiceAccount extends AsyncDisposable {
  readonly directory: string;
  readonly token: string;
}

/** Only this user can read it; it is removed when disposed of. */
export async function createServiceAccount(caPem: string): Promise<ServiceAccount> {
  const directory = await mkdtemp(join(tmpdir(), "kubenurse-demo-"));
  const token = randomBytes(24).toString("base64url");
  await writeFile(join(directory, "token"), token);
  await writeFile(join(directory, "ca.crt"), caPem);
  return {
    ...{ directory, token },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
