import type { Config } from "../config/config.ts";
import { httpProbe } from "../probes/http/probe.ts";
import { Connections, type HttpTarget } from "../probes/http/target.ts";
import type { Trust } from "../probes/http/trust.ts";
import type { Check } from "./checks.ts";

/** What all HTTP checks of an agent share. */
export interface HttpSurroundings {
  readonly config: Pick<Config, "proxy" | "reuseConnections">;
  readonly trust: Trust;
}

/** Makes checks that send a GET, of what tells them apart. */
export type HttpCheck = (
  check: Omit<Check, "attempt" | "close">,
  target: Pick<HttpTarget, "url" | "headers" | "bearerToken" | "connectTo" | "expect">,
  connections?: Connections,
) => Check;

export function httpChecks({ config, trust }: HttpSurroundings): HttpCheck {
  return (check, target, connections = new Connections(config.reuseConnections)) => {
    const fullTarget: HttpTarget = { ...target, proxyFor: config.proxy.proxyFor, trust, connections };
    return {
      ...check,
      attempt: (context) => httpProbe.attempt(fullTarget, context),
      close: () => connections.destroy(),
    };
  };
}
