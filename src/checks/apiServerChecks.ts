import type { Config } from "../config/config.ts";
import type { ServiceEndpoint, ServiceView } from "../discovery/service.ts";
import type { Edges } from "../edges.ts";
import { restartGrace } from "../results/restartGrace.ts";
import type { Checks } from "./checks.ts";
import type { HttpCheck } from "./httpCheck.ts";
import { serviceAccountToken } from "./serviceAccountToken.ts";

/** Starts and ends the checks of the API servers behind the Service `kubernetes`, each by its own address. */
export interface ApiServerChecks {
  follow(apiServer: ServiceView): void;
}

/** Clusters have one, three or five. */
const mostEndpoints = 5;

export function createApiServerChecks(
  config: Config,
  edges: Edges,
  checks: Pick<Checks, "start" | "end">,
  httpCheck: HttpCheck,
): ApiServerChecks {
  const { apiServer, layers, checkIntervalSeconds } = config;
  if (!layers.apiServerEndpoints || apiServer === undefined) return { follow() {} };
  // The Service's address is in the certificate of each: every client in the cluster asks by it.
  const url = apiServer.directUrl;
  const bearerToken = serviceAccountToken(edges);
  /** The place of what is checked as the first, the second, ... */
  let checked: readonly string[] = [];
  return {
    follow(view) {
      if (view.state === "unknown") return;
      const wanted = readyEndpoints(view.endpoints);
      for (const [index, place] of checked.entries()) {
        if (place !== placeOf(wanted[index])) checks.end(typeOf(index), "peer-left");
      }
      for (const [index, endpoint] of wanted.entries()) {
        if (checked[index] === placeOf(endpoint)) continue;
        const type = typeOf(index);
        const subject = {
          type,
          probe: "http",
          target: type,
          sort: "api_server_endpoint",
          compatible: false,
        } as const;
        const check = { subject, grace: restartGrace, intervalSeconds: 2 * checkIntervalSeconds };
        checks.start(httpCheck(check, { url, headers: {}, bearerToken, connectTo: endpoint }));
      }
      checked = wanted.map(placeOf);
    },
  };
}

/** In an order that all agents agree on. */
function readyEndpoints(endpoints: readonly ServiceEndpoint[]): readonly ServiceEndpoint[] {
  return endpoints
    .filter(({ state }) => state === "ready")
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    .slice(0, mostEndpoints);
}

function placeOf(endpoint: ServiceEndpoint | undefined): string {
  return endpoint === undefined ? "" : `${endpoint.address} ${endpoint.port}`;
}

function typeOf(index: number): string {
  return `api_server_endpoint_${index + 1}`;
}
