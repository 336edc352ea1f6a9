import { type Addresses, ports } from "./addresses.ts";
import { ingressHost } from "./controlPlane.ts";
import { namespace, service } from "./pod.ts";

/** The settings by which agents fit into the cluster; `layers` switches the checks on that the Go kubenurse does not have. */
export function agentEnvironment(addresses: Addresses, layers: boolean): Record<string, string> {
  return {
    KUBERNETES_SERVICE_HOST: addresses.apiServer,
    KUBERNETES_SERVICE_PORT: String(ports.apiServer),
    KUBENURSE_INGRESS_URL: `https://${ingressHost}:${ports.ingress}`,
    KUBENURSE_SERVICE_URL: `http://${service}.${namespace}.svc.cluster.local:${ports.agent}`,
    KUBENURSE_NAMESPACE: namespace,
    KUBENURSE_NEIGHBOUR_FILTER: `app=${service}`,
    KUBENURSE_SHUTDOWN_DURATION: "0s",
    KUBENURSE_NODE_ADDRESS_PORT: String(ports.kubelet),
    // The demo's DNS knows this one name outside of the cluster.
    KUBENURSE_DNS_EXTERNAL_NAME: ingressHost,
    ...(layers ? {} : withoutLayers),
  };
}

const withoutLayers = {
  KUBENURSE_CHECK_DNS: "false",
  KUBENURSE_CHECK_UDP: "false",
  KUBENURSE_CHECK_PAYLOAD: "false",
  KUBENURSE_CHECK_NODE_ADDRESS: "false",
  KUBENURSE_CHECK_API_SERVER_ENDPOINTS: "false",
  KUBENURSE_CHECK_SERVICE_ENDPOINTS: "false",
  KUBENURSE_CHECK_KEPT_CONNECTIONS: "false",
  KUBENURSE_PAIRS_PER_SECOND: "0",
};
