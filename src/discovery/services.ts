import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import type { KubernetesConnection } from "./connection.ts";
import { onePerPod } from "./dualStack.ts";
import { followAddress, followEndpoints } from "./followService.ts";
import { logTransitions } from "./logTransitions.ts";
import type { Reflection } from "./reflector.ts";
import type { ServiceEndpoint, ServiceView } from "./service.ts";

/** The Services of which each endpoint is checked. One that the configuration does not ask for stays unknown. */
export interface ServiceDiscovery {
  /** The cluster's DNS, with its address. */
  dns(): ServiceView;
  /** The API servers. The address of their Service is in each pod's environment, so it is absent here. */
  apiServer(): ServiceView;
}

/** Follows what `config.layers` needs until `signal` is aborted; `onChange` is called after changes. */
export function startServiceDiscovery(
  { layers }: Config,
  edges: Edges,
  connection: KubernetesConnection,
  onChange: () => void,
  signal: AbortSignal,
): ServiceDiscovery {
  const shared = { connection, edges, signal };
  let dnsEndpoints: Reflection<readonly ServiceEndpoint[]> = { state: "unknown" };
  let dnsAddress: Reflection<string | undefined> = { state: "unknown" };
  let apiServers: Reflection<readonly ServiceEndpoint[]> = { state: "unknown" };

  if (layers.dns !== undefined) {
    const logEndpoints = logTransitions(edges.log, "the pods of DNS", "none is asked by itself");
    const logAddress = logTransitions(edges.log, "the Service of DNS", "it is not asked by its address");
    followEndpoints(layers.dns.service, dnsPort, {
      ...shared,
      onChange(reflection) {
        logEndpoints(reflection);
        dnsEndpoints = reflection;
        onChange();
      },
    });
    followAddress(layers.dns.service, {
      ...shared,
      onChange(reflection) {
        logAddress(reflection);
        dnsAddress = reflection;
        onChange();
      },
    });
  }
  if (layers.apiServerEndpoints) {
    const log = logTransitions(edges.log, "the API servers' addresses", "none is checked by itself");
    followEndpoints(apiServerService, apiServerPort, {
      ...shared,
      onChange(reflection) {
        log(reflection);
        apiServers = reflection;
        onChange();
      },
    });
  }

  return {
    dns: () => viewOf(dnsEndpoints, dnsAddress),
    apiServer: () => viewOf(apiServers),
  };
}

/** DNS over TCP has the same number. */
const dnsPort = { name: "dns", protocol: "UDP" } as const;
const apiServerService = { namespace: "default", name: "kubernetes" };
const apiServerPort = { name: "https", protocol: "TCP" } as const;

function viewOf(
  slices: Reflection<readonly ServiceEndpoint[]>,
  address: Reflection<string | undefined> = { state: "unknown" },
): ServiceView {
  if (!("items" in slices)) {
    return { state: "unknown", ...(slices.error === undefined ? {} : { error: slices.error }) };
  }
  const clusterIP = "items" in address ? address.items[0] : undefined;
  return {
    state: "known",
    ...(clusterIP === undefined ? {} : { clusterIP }),
    endpoints: onePerPod(slices.items.flat(), ({ podName, address }) => ({
      pod: podName || address,
      address,
    })),
  };
}
