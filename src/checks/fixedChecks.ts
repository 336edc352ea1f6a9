import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import type { HttpTarget } from "../probes/http/target.ts";
import { noGrace, type StartGrace } from "../results/grace.ts";
import { restartGrace } from "../results/restartGrace.ts";
import { startGrace } from "../results/startGrace.ts";
import type { Check } from "./checks.ts";
import type { HttpCheck } from "./httpCheck.ts";
import { serviceAccountToken } from "./serviceAccountToken.ts";

/** A check that every agent has, or one that is skipped because a setting says so or is empty. */
export type FixedCheck =
  | { readonly state: "run"; readonly check: Check }
  /** `lacks` names the empty setting; absent when the check was switched off. */
  | { readonly state: "skipped"; readonly type: string; readonly lacks?: string };

/** The built-in checks and the extra ones, in the order in which they are shown. */
export function fixedChecks(config: Config, edges: Edges, httpCheck: HttpCheck): FixedCheck[] {
  const { checks, apiServer, ingressCheckUrl, serviceCheckUrl, extraChecks } = config;
  const bearerToken = serviceAccountToken(edges);

  const check = (
    type: string,
    on: boolean,
    url: URL | undefined,
    setting: string,
    more: { readonly grace: StartGrace } & Pick<HttpTarget, "bearerToken">,
  ): FixedCheck => {
    if (!on) return { state: "skipped", type };
    if (url === undefined) return { state: "skipped", type, lacks: setting };
    const { grace, ...target } = more;
    const subject = { type, probe: "http", target: type, sort: type, compatible: true } as const;
    return { state: "run", check: httpCheck({ subject, grace }, { url, headers: {}, ...target }) };
  };
  const address = "KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT";
  const ofAgents = { grace: startGrace };
  const ofApiServer = { grace: restartGrace, bearerToken };
  return [
    check("api_server_direct", checks.apiServerDirect, apiServer?.directUrl, address, ofApiServer),
    check("api_server_dns", checks.apiServerDns, apiServer?.dnsUrl, address, ofApiServer),
    check("me_ingress", checks.meIngress, ingressCheckUrl, "KUBENURSE_INGRESS_URL", ofAgents),
    check("me_service", checks.meService, serviceCheckUrl, "KUBENURSE_SERVICE_URL", ofAgents),
    ...extraChecks.map(({ name, url }) =>
      check(name, true, url, "KUBENURSE_EXTRA_CHECKS", { grace: noGrace }),
    ),
  ];
}
