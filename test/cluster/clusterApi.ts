import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { settings } from "./settings.ts";

/** The API server, through `kubectl proxy`: plain HTTP with the kubeconfig's credentials. */
export interface ClusterApi extends AsyncDisposable {
  /** @throws StatusError for every status but 200. */
  text(path: string, headers?: Record<string, string>): Promise<string>;
  json<Shape>(path: string): Promise<Shape>;
  /** Lines of an answer that may go on for long. */
  lines(path: string, signal: AbortSignal): AsyncIterable<string>;
}

export class StatusError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function openClusterApi(): Promise<ClusterApi> {
  const [program = "", ...args] = settings.kubectl;
  const proxy = spawn(program, [...args, "proxy", "--port=0"], {
    // While the API server is away, the proxy complains of each request.
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  await once(proxy, "spawn");
  const base = `http://${await addressOf(proxy.stdout)}`;
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(base + path, init);
    if (response.status === 200) return response;
    throw new StatusError(response.status, `${path}: ${response.status} ${await response.text()}`);
  };
  return {
    text: async (path, headers = {}) => (await get(path, { headers })).text(),
    json: async (path) => JSON.parse(await (await get(path)).text()),
    async *lines(path, signal) {
      const { body } = await get(path, { signal });
      if (body !== null) yield* createInterface({ input: Readable.fromWeb(body) });
    },
    async [Symbol.asyncDispose]() {
      if (proxy.exitCode !== null) return;
      endGroup(proxy);
      await once(proxy, "exit");
    },
  };
}

/** The command may be a script around kubectl, which would outlive it. */
function endGroup({ pid }: ChildProcess) {
  if (pid !== undefined) process.kill(-pid);
}

/** kubectl says in its first line which port it took. */
async function addressOf(output: Readable): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`"${settings.kubectl.join(" ")} proxy" ended without saying its address; try it`);
}
