import { onlyTrue, unlessFalse } from "./booleanKinds.ts";
import { diagnosisModes, logLevels } from "./config.ts";
import { type Kind, oneOf, secrets, text } from "./kind.ts";
import {
  address,
  dnsLabel,
  dnsName,
  host,
  labelSelector,
  port,
  requiredPort,
  serviceName,
} from "./nameKinds.ts";
import { buckets, count, duration, integer, perSecond } from "./numberKinds.ts";
import { agentUrl, extraChecks, proxyUrl } from "./urlKinds.ts";

/** One environment variable. */
export interface Setting<Value> {
  readonly kind: Kind<Value>;
  /** The text that stands where the variable is not set. */
  readonly fallback: string;
  /** One plain sentence for users. */
  readonly meaning: string;
  /** Read in lower case where the name itself is not set or empty, as is usual for proxies. */
  readonly lowerCaseToo?: true;
}

/** Every variable the agent reads. Parsing, `check-config`, the README's table and the JSON schema come from here. */
export const settings = {
  KUBENURSE_INGRESS_URL: on(
    agentUrl,
    "",
    "Base URL of the ingress; `/alwayshappy` is appended. Empty skips the check.",
  ),
  KUBENURSE_SERVICE_URL: on(
    agentUrl,
    "",
    "Base URL of the Service; `/alwayshappy` is appended. Empty skips the check.",
  ),
  KUBENURSE_INSECURE: on(onlyTrue, "false", "Checks do not verify certificates."),
  KUBENURSE_EXTRA_CA: on(
    text("a path"),
    "",
    "PEM file with certificate authorities to trust besides the system's.",
  ),
  KUBENURSE_EXTRA_CHECKS: on(
    extraChecks,
    "",
    "More URLs to check: `name:URL`, separated by `|`. The last of a name counts.",
  ),
  KUBENURSE_NAMESPACE: on(
    dnsLabel,
    "",
    "Namespace of the agents. Empty means all, which needs a ClusterRole.",
  ),
  KUBENURSE_DISCOVERY_SERVICE: on(
    dnsLabel,
    "",
    "Headless Service of the agents: neighbours are found by its EndpointSlices, not by pods and nodes.",
  ),
  KUBENURSE_NODE_NAME: on(text("a node's name"), "", "The agent's node. Empty means that of the own pod."),
  KUBENURSE_NEIGHBOUR_FILTER: on(
    labelSelector,
    "",
    "Label selector of the agents' pods. Empty selects every pod.",
  ),
  KUBENURSE_NEIGHBOUR_LIMIT: on(integer, "10", "How many neighbours each agent checks; 0 or less means all."),
  KUBENURSE_ALLOW_UNSCHEDULABLE: on(onlyTrue, "false", "Neighbours on unschedulable nodes are checked too."),
  KUBENURSE_CHECK_API_SERVER_DIRECT: on(unlessFalse, "true", "Checks the API server by its address."),
  KUBENURSE_CHECK_API_SERVER_DNS: on(unlessFalse, "true", "Checks the API server by its name."),
  KUBENURSE_CHECK_ME_INGRESS: on(unlessFalse, "true", "Checks the agents through the ingress."),
  KUBENURSE_CHECK_ME_SERVICE: on(unlessFalse, "true", "Checks the agents through their Service."),
  KUBENURSE_CHECK_NEIGHBOURHOOD: on(unlessFalse, "true", "Checks the neighbours."),
  KUBENURSE_CHECK_DNS: on(
    unlessFalse,
    "true",
    "Asks the resolvers of resolv.conf, the DNS Service and each of its pods over UDP and TCP, and the system resolver.",
  ),
  KUBENURSE_DNS_SERVICE: on(
    serviceName,
    "kube-system/kube-dns",
    "Service of the cluster's DNS as namespace/name; its address and pods are asked too.",
  ),
  KUBENURSE_DNS_INTERNAL_NAME: on(
    dnsName,
    "",
    "Name in the cluster that the DNS checks ask for. Empty means that of the API server.",
  ),
  KUBENURSE_DNS_EXTERNAL_NAME: on(
    dnsName,
    "",
    "Name outside the cluster that the DNS checks ask for too. Empty means none.",
  ),
  KUBENURSE_CHECK_UDP: on(
    unlessFalse,
    "true",
    "Answers datagrams of other agents, and measures loss and jitter to the neighbours.",
  ),
  KUBENURSE_UDP_PORT: on(requiredPort, "8080", "UDP port of the agents; the same on all."),
  KUBENURSE_CHECK_PAYLOAD: on(
    unlessFalse,
    "true",
    "Sends 16 KiB to the neighbours and back, to find paths that lose large packets.",
  ),
  KUBENURSE_CHECK_NODE_ADDRESS: on(
    unlessFalse,
    "true",
    "Connects to the neighbours' node addresses, to tell the pod network from the nodes' own.",
  ),
  KUBENURSE_NODE_ADDRESS_PORT: on(
    requiredPort,
    "10250",
    "TCP port of that check; a refusal is an answer too.",
  ),
  KUBENURSE_NODE_ADDRESS: on(
    address,
    "",
    "Own node's address, which other agents learn from this one; set by the chart.",
  ),
  KUBENURSE_CHECK_API_SERVER_ENDPOINTS: on(
    unlessFalse,
    "true",
    "Checks each API server behind the Service `kubernetes`.",
  ),
  KUBENURSE_CHECK_SERVICE_ENDPOINTS: on(
    unlessFalse,
    "true",
    "Checks the agents by their Service's address, and that it leads to each of them.",
  ),
  KUBENURSE_CHECK_KEPT_CONNECTIONS: on(
    unlessFalse,
    "true",
    "Checks the Service and the API server over connections that are kept, too.",
  ),
  KUBENURSE_MESH_NEIGHBOURS: on(
    count,
    "10",
    "How many neighbours the checks of datagrams, payload and node addresses have.",
  ),
  KUBENURSE_NEIGHBOUR_CHOICE: on(
    oneOf(["ring", "zones"]),
    "ring",
    "How `path_*` neighbours are chosen: as every kubenurse does, or as the mesh does, so that every zone watches every node.",
  ),
  KUBENURSE_PAIRS_PER_SECOND: on(
    perSecond,
    "1",
    "How many agents beside the neighbours are visited in a second, each in its turn. 0 visits none.",
  ),
  KUBENURSE_MESH_KEY: on(
    secrets,
    "",
    "Secret that all agents share: what they send each other is signed. Of several, separated by commas, the first one signs, and all are accepted, so that it can be changed. Empty means that addresses are trusted.",
  ),
  KUBENURSE_DIAGNOSIS: on(
    oneOf(diagnosisModes),
    "on",
    "Names what is broken by what all agents report to an elected one. `report` leaves that to `kubenurse analyse`, and with `alone` each agent judges by itself.",
  ),
  KUBENURSE_DIAGNOSIS_EVENTS: on(
    unlessFalse,
    "true",
    "Findings that name a node are written as Kubernetes Events of it.",
  ),
  KUBENURSE_DIAGNOSIS_NODE_CONDITION: on(
    onlyTrue,
    "false",
    "Findings that name a node are shown as its condition `KubenurseFinding`.",
  ),
  KUBENURSE_CONFIG: on(
    text("a path"),
    "",
    "YAML file with extra checks of every kind; it is read again when it changes.",
  ),
  KUBENURSE_CHECK_INTERVAL: on(duration({ above: 0 }), "5s", "Time from one check of a target to the next."),
  KUBENURSE_REUSE_CONNECTIONS: on(
    onlyTrue,
    "false",
    "Checks keep their connection instead of opening a new one.",
  ),
  KUBENURSE_SHUTDOWN_DURATION: on(
    duration(),
    "5s",
    "How long a stopping agent goes on serving while not ready.",
  ),
  KUBENURSE_USE_TLS: on(onlyTrue, "false", "Serves HTTPS on port 8443 too, and checks neighbours there."),
  KUBENURSE_CERT_FILE: on(text("a path"), "", "PEM certificate of port 8443, with its chain."),
  KUBENURSE_CERT_KEY: on(text("a path"), "", "PEM private key of port 8443."),
  KUBENURSE_HISTOGRAM_BUCKETS: on(
    buckets,
    "0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10",
    "Upper bounds of the histograms in seconds.",
  ),
  KUBENURSE_VICTORIAMETRICS_HISTOGRAM: on(
    onlyTrue,
    "false",
    "Histograms have `vmrange` buckets instead of `le`.",
  ),
  KUBENURSE_EXPOSE_METADATA: on(unlessFalse, "true", "Metrics have `# HELP` and `# TYPE` lines."),
  KUBENURSE_METRICS_DETAIL: on(
    oneOf(["full", "lean"]),
    "full",
    "`lean` leaves out the trace histogram and Node's own families, joins checks of one sort, and begins a failure's series with the first one.",
  ),
  KUBENURSE_LOG_LEVEL: on(oneOf(logLevels), "info", "The least level that is logged."),
  KUBERNETES_SERVICE_HOST: on(host, "", "Address of the API server; set by the kubelet."),
  KUBERNETES_SERVICE_PORT: on(port, "", "Port of the API server; set by the kubelet."),
  KUBERNETES_SERVICE_DNS: on(
    { ...host, emptyIsDefault: true },
    "kubernetes.default.svc.cluster.local",
    "Name of the API server in the cluster's DNS.",
  ),
  HTTP_PROXY: {
    ...on(proxyUrl, "", "Proxy of the checks of http URLs. Not used where REQUEST_METHOD is set (CGI)."),
    lowerCaseToo: true,
  },
  HTTPS_PROXY: { ...on(proxyUrl, "", "Proxy of the checks of https URLs."), lowerCaseToo: true },
  NO_PROXY: {
    ...on(
      text("a list separated by commas"),
      "",
      "Hosts, domains, addresses and CIDR blocks without proxy; `*` is all.",
    ),
    lowerCaseToo: true,
  },
  KUBECONFIG: on(
    text("paths separated by colons"),
    "",
    "Kubeconfig files. Empty means the pod's service account, else `~/.kube/config`.",
  ),
} as const;

function on<Value>(kind: Kind<Value>, fallback: string, meaning: string): Setting<Value> {
  return { kind, fallback, meaning };
}

/** The JSON schema of an object that holds all variables as texts, as a chart's values can use it. */
export function settingsJsonSchema(): object {
  const entries: [string, Setting<unknown>][] = Object.entries(settings);
  const properties = entries.map(([name, { kind, fallback, meaning }]) => [
    name,
    { type: "string", description: meaning, default: fallback, ...kind.schema },
  ]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: Object.fromEntries(properties),
  };
}
