import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** How another terminal reaches the running demo. */
export interface ControlFile {
  readonly pid: number;
  readonly url: string;
  /** Keeps web pages and other users out. */
  readonly token: string;
}

const path = () => join(tmpdir(), `kubenurse-demo-${userInfo().uid}.json`);

/** Undefined where there is none, or none that can be read. */
export async function readControlFile(): Promise<ControlFile | undefined> {
  try {
    return JSON.parse(await readFile(path(), "utf8")) as ControlFile;
  } catch {
    return undefined;
  }
}

/**
 * Replaces what a demo left that was killed; disposing of it removes the file.
 * @throws the file system's error where the file can't be made anew, such as when it belongs to another user.
 */
export async function writeControlFile(content: ControlFile): Promise<AsyncDisposable> {
  await rm(path(), { force: true });
  await writeFile(path(), JSON.stringify(content), { flag: "wx", mode: 0o600 });
  return { [Symbol.asyncDispose]: () => rm(path(), { force: true }) };
}
