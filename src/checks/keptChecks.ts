import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import { Connections, type HttpTarget } from "../probes/http/target.ts";
import type { StartGrace } from "../results/grace.ts";
import { restartGrace } from "../results/restartGrace.ts";
import { startGrace } from "../results/startGrace.ts";
import type { Check } from "./checks.ts";
import type { HttpCheck } from "./httpCheck.ts";
import { serviceAccountToken } from "./serviceAccountToken.ts";

/**
 * The Service and the API server over connections that are kept, beside the checks that open a new one: what fails only these is
 * where connections are made. None where all checks keep theirs.
 */
export function keptChecks(config: Config, edges: Edges, httpCheck: HttpCheck): Check[] {
  const { checks, layers, reuseConnections, serviceCheckUrl, apiServer } = config;
  if (!layers.keptConnections || reuseConnections) return [];
  const check = (type: string, url: URL, grace: StartGrace, more: Pick<HttpTarget, "bearerToken"> = {}) => {
    const subject = { type, probe: "http", target: type, sort: type, compatible: false } as const;
    return httpCheck({ subject, grace }, { url, headers: {}, ...more }, new Connections(true));
  };
  const bearerToken = serviceAccountToken(edges);
  return [
    ...(checks.meService && serviceCheckUrl !== undefined
      ? [check("me_service_kept", serviceCheckUrl, startGrace)]
      : []),
    ...(checks.apiServerDirect && apiServer !== undefined
      ? [check("api_server_kept", apiServer.directUrl, restartGrace, { bearerToken })]
      : []),
  ];
}
