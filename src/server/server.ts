import { getRequestListener } from "@hono/node-server";
import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { type Listener, startListener } from "./listener.ts";
import { routableRequest } from "./routableRequest.ts";
import { createRoutes, type RouteSources } from "./routes.ts";

export interface ServerOptions {
  readonly config: Pick<Config, "tls" | "checks">;
  readonly edges: Pick<Edges, "clock" | "hostname" | "listenAddress" | "log">;
  readonly sources: Omit<RouteSources, "hostname" | "neighbourhood">;
  /** Absent means 8080 and 8443; 0 means any free port. */
  readonly ports?: { readonly http: number; readonly https: number };
  readonly limits?: Limits;
}

/** The agent's HTTP endpoints: on one port, and with TLS on a second one. */
export interface Server {
  /** Resolves to the ports once all accept connections; rejects, with none left open, when one can't listen. */
  start(): Promise<{ readonly http: number; readonly https?: number }>;
  /** Ends gracefully, and by force what is left after `limits.stopSeconds`. */
  stop(): Promise<void>;
}

export function createServer(options: ServerOptions): Server {
  const { config, edges, ports = { http: 8080, https: 8443 }, limits = defaultLimits } = options;
  const { clock, hostname, log } = edges;
  const sources = { ...options.sources, hostname, neighbourhood: config.checks.neighbourhood };
  const routes = createRoutes(sources, log);
  const handle = routableRequest(
    getRequestListener(routes.fetch, { overrideGlobalObjects: false, autoCleanupIncoming: false }),
  );
  const listeners: Listener[] = [];

  const open = async (port: number, tls: Config["tls"]) => {
    const listener = await startListener({ port, handle, tls, limits, edges });
    listeners.push(listener);
    return listener.port;
  };
  const stop = async () => {
    const cancel = clock.after(limits.stopSeconds, () => {
      for (const listener of listeners) listener.destroy();
    });
    await Promise.all(listeners.map((listener) => listener.close()));
    cancel();
  };

  return {
    async start() {
      const http = await open(ports.http, undefined);
      if (config.tls === undefined) return { http };
      try {
        return { http, https: await open(ports.https, config.tls) };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
  };
}
