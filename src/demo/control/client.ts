import type { Picture } from "../table/table.ts";
import { readControlFile } from "./file.ts";
import type { FaultAnswer } from "./server.ts";

/** What can be asked of the running demo. Each call throws an Error with one line for the user where it can't be done. */
export interface ControlClient {
  readonly pid: number;
  picture(): Promise<Picture>;
  addFault(words: readonly string[]): Promise<FaultAnswer>;
  /** All, or the one with this id. */
  heal(id?: string): Promise<readonly FaultAnswer[]>;
}

/** Undefined where no demo of this user runs. */
export async function findRunningDemo(): Promise<ControlClient | undefined> {
  const file = await readControlFile();
  if (file === undefined) return undefined;
  const ask = async (path: string, method = "GET", body?: object) => {
    const response = await fetch(`${file.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${file.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { error?: string };
    if (!response.ok) throw new Error(answer.error ?? `the demo answered ${response.status}`);
    return answer as unknown;
  };
  const client: ControlClient = {
    pid: file.pid,
    picture: async () => (await ask("/picture")) as Picture,
    addFault: async (words) => (await ask("/faults", "POST", { words })) as FaultAnswer,
    heal: async (id) =>
      (await ask(id === undefined ? "/faults" : `/faults/${id}`, "DELETE")) as FaultAnswer[],
  };
  try {
    await client.picture();
    return client;
  } catch {
    // A demo that was killed leaves its file behind.
    return undefined;
  }
}
