import { createServer } from "node:https";
import type { CertificatePair } from "../certificates.ts";
import { createGate } from "../gate.ts";
import { type Listener, listen } from "../network/listener.ts";
import { createHandler } from "./handler.ts";
import { createLists } from "./list.ts";
import { createStore, type Store } from "./store.ts";

export interface ApiServerOptions {
  readonly address: string;
  /** Further addresses, with the same port. */
  readonly replicas?: readonly string[];
  /** 0 chooses a free one; after a stop the same is used again. */
  readonly port: number;
  readonly certificate: CertificatePair;
  readonly tokens: readonly string[];
  readonly bookmarkSeconds?: number;
  readonly goneAs?: "status" | "event";
}

/** An API server over HTTPS, with switches for what can go wrong with one. Its state outlives a stop. */
export interface ApiServer extends AsyncDisposable {
  readonly store: Store;
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Starts again after a stop, at the same port. */
  start(): Promise<void>;
  /** Answers 403 to each request for the resource (of one token, or of all). */
  forbid(resource: string, token?: string): void;
  permit(resource: string, token?: string): void;
  /** Accepts connections and says nothing until `resume`. */
  hang(): void;
  resume(): void;
  /** Forgets all changes and unfinished lists, so who resumes gets 410. */
  dropHistory(): void;
}

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { address, replicas = [], bookmarkSeconds = 60, goneAs = "event" } = options;
  const store = createStore();
  const lists = createLists(store);
  const gate = createGate();
  const forbidden = new Set<string>();

  const handler = createHandler({
    ...{ store, lists, gate, forbidden, bookmarkSeconds, goneAs },
    tokens: new Set(options.tokens),
  });
  const listenAt = async (address: string, port: number) => {
    const server = createServer(options.certificate, handler).on("tlsClientError", () => {});
    return listen(server, address, port);
  };
  const listenEverywhere = async (wanted: number): Promise<Listener[]> => {
    const begun: Listener[] = [];
    try {
      for (const one of [address, ...replicas]) begun.push(await listenAt(one, begun[0]?.port ?? wanted));
      return begun;
    } catch (error) {
      await closeAll(begun);
      throw error;
    }
  };
  let listeners = await listenEverywhere(options.port);
  const port = listeners[0]?.port ?? options.port;

  const stop = async () => {
    await closeAll(listeners.splice(0));
  };

  return {
    ...{ store, address, port, stop },
    async start() {
      if (listeners.length === 0) listeners = await listenEverywhere(port);
    },
    forbid: (resource, token = "*") => void forbidden.add(`${resource} ${token}`),
    permit: (resource, token = "*") => void forbidden.delete(`${resource} ${token}`),
    hang: () => gate.close(),
    resume: () => gate.open(),
    dropHistory() {
      store.dropHistory();
      lists.drop();
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}
