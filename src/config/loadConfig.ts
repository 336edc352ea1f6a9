import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import type { Config } from "./config.ts";
import { ConfigError } from "./configError.ts";
import { type Environment, parseEnvironment, type Values } from "./environment.ts";
import { pemProblems, type ReadFile } from "./pemFiles.ts";
import { createProxyRules } from "./proxyRules.ts";
import { warningsOfUnknown } from "./unknownVariables.ts";

/**
 * Parses the environment and looks into the certificate files it names. `warnings` are lines about what is accepted but
 * probably not meant.
 * @throws ConfigError with all problems at once.
 */
export function loadConfig(
  environment: Environment,
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
): { config: Config; warnings: string[] } {
  const parsed = parseEnvironment(environment);
  const problems = [
    ...("problems" in parsed ? parsed.problems : discoveryProblems(parsed.values)),
    ...pemProblems(environment, readFile),
  ];
  if ("problems" in parsed || problems.length > 0) throw new ConfigError(problems);
  const warnings = [...parsed.warnings, ...warningsOfUnknown(environment)];
  return { config: configOf(parsed.values, isCgi(environment)), warnings };
}

/** EndpointSlices are those of one Service, which is in one namespace. */
function discoveryProblems({ KUBENURSE_DISCOVERY_SERVICE, KUBENURSE_NAMESPACE }: Values): string[] {
  if (KUBENURSE_DISCOVERY_SERVICE === "" || KUBENURSE_NAMESPACE !== "") return [];
  return [
    'KUBENURSE_NAMESPACE: got "": KUBENURSE_DISCOVERY_SERVICE needs one; expected a DNS label such as kube-system',
  ];
}

/** A CGI server puts the header `Proxy` of any client into HTTP_PROXY. */
const isCgi = (environment: Environment) => Boolean(environment.REQUEST_METHOD);

function configOf(values: Values, cgi: boolean): Config {
  return Object.freeze<Config>({
    ingressCheckUrl: values.KUBENURSE_INGRESS_URL,
    serviceCheckUrl: values.KUBENURSE_SERVICE_URL,
    insecure: values.KUBENURSE_INSECURE,
    extraCaFile: values.KUBENURSE_EXTRA_CA || undefined,
    extraChecks: Object.freeze(values.KUBENURSE_EXTRA_CHECKS),
    namespace: values.KUBENURSE_NAMESPACE,
    discoveryService: values.KUBENURSE_DISCOVERY_SERVICE || undefined,
    nodeName: values.KUBENURSE_NODE_NAME || undefined,
    neighbourFilter: values.KUBENURSE_NEIGHBOUR_FILTER,
    neighbourLimit: values.KUBENURSE_NEIGHBOUR_LIMIT,
    allowUnschedulable: values.KUBENURSE_ALLOW_UNSCHEDULABLE,
    checks: Object.freeze({
      apiServerDirect: values.KUBENURSE_CHECK_API_SERVER_DIRECT,
      apiServerDns: values.KUBENURSE_CHECK_API_SERVER_DNS,
      meIngress: values.KUBENURSE_CHECK_ME_INGRESS,
      meService: values.KUBENURSE_CHECK_ME_SERVICE,
      neighbourhood: values.KUBENURSE_CHECK_NEIGHBOURHOOD,
    }),
    layers: layersOf(values),
    udpPort: values.KUBENURSE_UDP_PORT,
    mesh: Object.freeze({
      neighbours: values.KUBENURSE_MESH_NEIGHBOURS,
      pathChoice: values.KUBENURSE_NEIGHBOUR_CHOICE,
      pairsPerSecond: values.KUBENURSE_PAIRS_PER_SECOND,
      keys: Object.freeze(values.KUBENURSE_MESH_KEY),
    }),
    ...(values.KUBENURSE_NODE_ADDRESS === "" ? {} : { nodeAddress: values.KUBENURSE_NODE_ADDRESS }),
    ...(values.KUBENURSE_CONFIG === "" ? {} : { file: values.KUBENURSE_CONFIG }),
    diagnosis: Object.freeze({
      mode: values.KUBENURSE_DIAGNOSIS,
      events: values.KUBENURSE_DIAGNOSIS_EVENTS,
      nodeCondition: values.KUBENURSE_DIAGNOSIS_NODE_CONDITION,
    }),
    checkIntervalSeconds: values.KUBENURSE_CHECK_INTERVAL,
    reuseConnections: values.KUBENURSE_REUSE_CONNECTIONS,
    shutdownSeconds: values.KUBENURSE_SHUTDOWN_DURATION,
    tls: tlsOf(values),
    histogramBuckets: Object.freeze(values.KUBENURSE_HISTOGRAM_BUCKETS),
    histogramFormat: values.KUBENURSE_VICTORIAMETRICS_HISTOGRAM ? "vmrange" : "le",
    exposeMetadata: values.KUBENURSE_EXPOSE_METADATA,
    metricsDetail: values.KUBENURSE_METRICS_DETAIL,
    logLevel: values.KUBENURSE_LOG_LEVEL,
    apiServer: apiServerOf(values),
    proxy: createProxyRules({
      http: cgi ? undefined : values.HTTP_PROXY,
      https: values.HTTPS_PROXY,
      noProxy: values.NO_PROXY,
    }),
    kubeconfigFiles: Object.freeze(values.KUBECONFIG.split(delimiter).filter((path) => path !== "")),
  });
}

function layersOf(values: Values): Config["layers"] {
  const externalName = values.KUBENURSE_DNS_EXTERNAL_NAME;
  const dns = {
    service: values.KUBENURSE_DNS_SERVICE,
    internalName: values.KUBENURSE_DNS_INTERNAL_NAME || values.KUBERNETES_SERVICE_DNS,
    ...(externalName === "" ? {} : { externalName }),
  };
  return Object.freeze({
    ...(values.KUBENURSE_CHECK_DNS ? { dns } : {}),
    udp: values.KUBENURSE_CHECK_UDP,
    payload: values.KUBENURSE_CHECK_PAYLOAD,
    ...(values.KUBENURSE_CHECK_NODE_ADDRESS ? { nodeAddressPort: values.KUBENURSE_NODE_ADDRESS_PORT } : {}),
    apiServerEndpoints: values.KUBENURSE_CHECK_API_SERVER_ENDPOINTS,
    serviceEndpoints: values.KUBENURSE_CHECK_SERVICE_ENDPOINTS,
    keptConnections: values.KUBENURSE_CHECK_KEPT_CONNECTIONS,
  });
}

function tlsOf(values: Values): Config["tls"] {
  if (!values.KUBENURSE_USE_TLS) return undefined;
  return Object.freeze({ certFile: values.KUBENURSE_CERT_FILE, keyFile: values.KUBENURSE_CERT_KEY });
}

function apiServerOf(values: Values): Config["apiServer"] {
  const {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_DNS: name,
  } = values;
  if (host === "" || port === "") return undefined;
  const versionOf = (hostname: string) => new URL(`https://${hostname}:${port}/version`);
  return Object.freeze({ directUrl: versionOf(host), dnsUrl: versionOf(name) });
}
