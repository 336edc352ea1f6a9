import { describe, expect, test } from "vitest";
import type { Config } from "./config.ts";
import { loadConfig } from "./loadConfig.ts";
import type { settings } from "./settings.ts";

const load = (environment: Record<string, string>) => loadConfig(environment, unreadable);

const unreadable = (path: string): string => {
  throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    expect(error).toMatchObject({ name: "ConfigError" });
    return (error as { problems: readonly string[] }).problems;
  }
  return [];
}

/** What a variable does to the Config, and what it refuses. */
interface Row {
  readonly shown: (config: Config) => unknown;
  readonly whenUnset: unknown;
  readonly good: readonly (readonly [text: string, value: unknown])[];
  /** The problem is the part between "got …:" and "expected …". */
  readonly bad: readonly (readonly [text: string, problem: string])[];
  /** Other variables that must be set as well. */
  readonly beside?: Record<string, string>;
}

const neverTrue = ["True", "TRUE", "1", "t", "yes", "on", " true", "true ", "", "false"];
const neverFalse = ["False", "FALSE", "0", "f", "no", "off", " false", "false ", "", "true"];

const onlyTrue = (shown: Row["shown"]): Row => ({
  ...{ shown, whenUnset: false, bad: [] },
  good: [["true", true], ...neverTrue.map((text) => [text, false] as const)],
});
const unlessFalse = (shown: Row["shown"]): Row => ({
  ...{ shown, whenUnset: true, bad: [] },
  good: [["false", false], ...neverFalse.map((text) => [text, true] as const)],
});
const agentUrl = (shown: (config: Config) => URL | undefined): Row => ({
  shown: (config) => shown(config)?.href,
  whenUnset: undefined,
  good: [
    ["", undefined],
    ["https://nurse.example.com", "https://nurse.example.com/alwayshappy"],
    ["http://nurse.svc:8080", "http://nurse.svc:8080/alwayshappy"],
    ["http://nurse/", "http://nurse//alwayshappy"],
    ["HTTP://nurse/a", "http://nurse/a/alwayshappy"],
    ["http://nurse?path=", "http://nurse/?path=/alwayshappy"],
  ],
  bad: [
    ["nurse.example.com", "neither http:// nor https://"],
    ["ftp://nurse", "neither http:// nor https://"],
    [" http://nurse", "neither http:// nor https://"],
    ["http:nurse", "not a URL"],
    ["http://", "not a URL"],
    ["http://nurse:99999", "not a URL"],
    ["http://nurse name", "not a URL"],
    ["http://nurse\n", "not a URL"],
  ],
});
const portRow = (shown: Row["shown"], whenUnset: number): Row => ({
  ...{ shown, whenUnset },
  good: [
    ["", whenUnset],
    ["9000", 9000],
  ],
  bad: [
    ["0", "not a port"],
    ["http", "not a port"],
  ],
});
const proxyThrough = (url: string): Row => ({
  shown: ({ proxy }) => proxy.proxyFor(new URL(url))?.href,
  whenUnset: undefined,
  good: [
    ["", undefined],
    ["http://proxy:3128", "http://proxy:3128/"],
    ["https://proxy", "https://proxy/"],
    ["proxy:3128", "http://proxy:3128/"],
    ["me:secret@proxy", "http://me:secret@proxy/"],
  ],
  bad: [
    ["socks5://proxy:1080", "neither http:// nor https://"],
    ["http://", "not a URL"],
    ["pro xy", "not a URL"],
  ],
});
const directUrl = ({ apiServer }: Config) => apiServer?.directUrl.href;
const bySelector =
  (labels: Record<string, string>) =>
  ({ neighbourFilter }: Config) =>
    neighbourFilter.matches(labels);

const rows: Record<keyof typeof settings, Row> = {
  KUBENURSE_INGRESS_URL: agentUrl((config) => config.ingressCheckUrl),
  KUBENURSE_SERVICE_URL: agentUrl((config) => config.serviceCheckUrl),
  KUBENURSE_INSECURE: onlyTrue((config) => config.insecure),
  KUBENURSE_EXTRA_CA: {
    shown: (config) => config.extraCaFile,
    whenUnset: undefined,
    good: [["", undefined]],
    bad: [["/ca.pem", "can't be read (ENOENT)"]],
  },
  KUBENURSE_EXTRA_CHECKS: {
    shown: ({ extraChecks }) => extraChecks.map(({ name, url }) => [name, url.href]),
    whenUnset: [],
    good: [
      ["", []],
      ["a:http://b", [["a", "http://b/"]]],
      [
        "a:https://b:1/c:d|e f:http://g",
        [
          ["a", "https://b:1/c:d"],
          ["e f", "http://g/"],
        ],
      ],
      ["a:http://first|a:http://last", [["a", "http://last/"]]],
      [" a :http://b", [[" a ", "http://b/"]]],
      ["dns_google:http://b", [["dns_google", "http://b/"]]],
    ],
    bad: [
      ["a", 'entry "a" has no colon'],
      ["a:http://b|", 'entry "" has no colon'],
      [":http://b", 'entry ":http://b" has no name'],
      ["http://b", 'entry "http://b": neither http:// nor https://'],
      ["a:", 'entry "a:": neither http:// nor https://'],
      ["a: http://b", 'entry "a: http://b": neither http:// nor https://'],
      ["a:http://b |c:http://d", 'entry "a:http://b ": not a URL'],
      ["me_ingress:http://b", 'the name "me_ingress" is taken by a check of kubenurse itself'],
      ["api_server_dns:http://b", 'the name "api_server_dns" is taken by a check of kubenurse itself'],
      ["me_service_kept:http://b", 'the name "me_service_kept" is taken by a check of kubenurse itself'],
      ["path:http://b", 'the name "path" is taken by a check of kubenurse itself'],
      ["path_a:http://b", 'the name "path_a" is taken by a check of kubenurse itself'],
      [
        "neighbourhood_state:http://b",
        'the name "neighbourhood_state" is taken by a check of kubenurse itself',
      ],
    ],
  },
  KUBENURSE_CHECK_DNS: unlessFalse(({ layers }) => layers.dns !== undefined),
  KUBENURSE_DNS_SERVICE: {
    shown: ({ layers }) => layers.dns?.service,
    whenUnset: { namespace: "kube-system", name: "kube-dns" },
    good: [
      ["", { namespace: "kube-system", name: "kube-dns" }],
      ["dns/core", { namespace: "dns", name: "core" }],
    ],
    bad: [
      ["kube-dns", "not two names with a slash between them"],
      ["a/b/c", "not two names with a slash between them"],
      ["a_b/c", "no DNS label"],
    ],
  },
  KUBENURSE_DNS_INTERNAL_NAME: {
    shown: ({ layers }) => layers.dns?.internalName,
    whenUnset: "kubernetes.default.svc.cluster.local",
    good: [
      ["", "kubernetes.default.svc.cluster.local"],
      ["nurse.test.", "nurse.test."],
    ],
    bad: [["a b", "no DNS name"]],
  },
  KUBENURSE_DNS_EXTERNAL_NAME: {
    shown: ({ layers }) => layers.dns?.externalName,
    whenUnset: undefined,
    good: [
      ["", undefined],
      ["example.org", "example.org"],
    ],
    bad: [["https://example.org", "no DNS name"]],
  },
  KUBENURSE_CHECK_UDP: unlessFalse(({ layers }) => layers.udp),
  KUBENURSE_UDP_PORT: portRow(({ udpPort }) => udpPort, 8080),
  KUBENURSE_CHECK_PAYLOAD: unlessFalse(({ layers }) => layers.payload),
  KUBENURSE_CHECK_NODE_ADDRESS: unlessFalse(({ layers }) => layers.nodeAddressPort !== undefined),
  KUBENURSE_NODE_ADDRESS_PORT: portRow(({ layers }) => layers.nodeAddressPort, 10250),
  KUBENURSE_NODE_ADDRESS: {
    shown: ({ nodeAddress }) => nodeAddress,
    whenUnset: undefined,
    good: [
      ["", undefined],
      ["10.0.0.1", "10.0.0.1"],
      ["fd00::1", "fd00::1"],
    ],
    bad: [["node-1", "no IP address"]],
  },
  KUBENURSE_CHECK_API_SERVER_ENDPOINTS: unlessFalse(({ layers }) => layers.apiServerEndpoints),
  KUBENURSE_CHECK_SERVICE_ENDPOINTS: unlessFalse(({ layers }) => layers.serviceEndpoints),
  KUBENURSE_CHECK_KEPT_CONNECTIONS: unlessFalse(({ layers }) => layers.keptConnections),
  KUBENURSE_MESH_NEIGHBOURS: {
    shown: ({ mesh }) => mesh.neighbours,
    whenUnset: 10,
    good: [
      ["", 10],
      ["16", 16],
    ],
    bad: [
      ["0", "out of range"],
      ["101", "out of range"],
    ],
  },
  KUBENURSE_NEIGHBOUR_CHOICE: {
    shown: ({ mesh }) => mesh.pathChoice,
    whenUnset: "ring",
    good: [["zones", "zones"]],
    bad: [["", "unknown"]],
  },
  KUBENURSE_PAIRS_PER_SECOND: {
    shown: ({ mesh }) => mesh.pairsPerSecond,
    whenUnset: 1,
    good: [
      ["0", 0],
      ["0.2", 0.2],
    ],
    bad: [["-1", "out of range"]],
  },
  KUBENURSE_MESH_KEY: {
    shown: ({ mesh }) => mesh.keys,
    whenUnset: [],
    good: [
      ["", []],
      ["secret", ["secret"]],
      ["new, old", ["new", "old"]],
    ],
    bad: [],
  },
  KUBENURSE_CONFIG: {
    shown: ({ file }) => file,
    whenUnset: undefined,
    good: [
      ["", undefined],
      ["/etc/kubenurse/config.yaml", "/etc/kubenurse/config.yaml"],
    ],
    bad: [],
  },
  KUBENURSE_DISCOVERY_SERVICE: {
    shown: (config) => config.discoveryService,
    whenUnset: undefined,
    good: [["", undefined]],
    bad: [["my_service", "no DNS label"]],
  },
  KUBENURSE_NODE_NAME: {
    shown: (config) => config.nodeName,
    whenUnset: undefined,
    good: [
      ["", undefined],
      ["node-1.example", "node-1.example"],
    ],
    bad: [],
  },
  KUBENURSE_NAMESPACE: {
    shown: (config) => config.namespace,
    whenUnset: "",
    good: [
      ["", ""],
      ["kube-system", "kube-system"],
    ],
    bad: [
      ["Kube", "no DNS label"],
      ["a/../b", "no DNS label"],
      ["a".repeat(64), "no DNS label"],
    ],
  },
  KUBENURSE_NEIGHBOUR_FILTER: {
    shown: bySelector({ app: "kubenurse" }),
    whenUnset: true,
    good: [
      ["", true],
      ["app=kubenurse", true],
      ["app in (nurse),tier", false],
    ],
    bad: [["app=a b", '"b" instead of a comma or the end']],
  },
  KUBENURSE_NEIGHBOUR_LIMIT: {
    shown: (config) => config.neighbourLimit,
    whenUnset: 10,
    good: [
      ["", 10],
      ["3", 3],
      ["+3", 3],
      ["0", 0],
      ["-1", -1],
    ],
    bad: [
      ["ten", "not an integer"],
      ["1.5", "not an integer"],
      [" 3", "not an integer"],
      ["9223372036854775808", "out of range"],
    ],
  },
  KUBENURSE_ALLOW_UNSCHEDULABLE: onlyTrue((config) => config.allowUnschedulable),
  KUBENURSE_CHECK_API_SERVER_DIRECT: unlessFalse(({ checks }) => checks.apiServerDirect),
  KUBENURSE_CHECK_API_SERVER_DNS: unlessFalse(({ checks }) => checks.apiServerDns),
  KUBENURSE_CHECK_ME_INGRESS: unlessFalse(({ checks }) => checks.meIngress),
  KUBENURSE_CHECK_ME_SERVICE: unlessFalse(({ checks }) => checks.meService),
  KUBENURSE_CHECK_NEIGHBOURHOOD: unlessFalse(({ checks }) => checks.neighbourhood),
  KUBENURSE_DIAGNOSIS: {
    shown: ({ diagnosis }) => diagnosis.mode,
    whenUnset: "on",
    good: ["on", "report", "alone", "off"].map((mode) => [mode, mode]),
    bad: [
      ["", "unknown"],
      ["true", "unknown"],
    ],
  },
  KUBENURSE_DIAGNOSIS_EVENTS: unlessFalse(({ diagnosis }) => diagnosis.events),
  KUBENURSE_DIAGNOSIS_NODE_CONDITION: onlyTrue(({ diagnosis }) => diagnosis.nodeCondition),
  KUBENURSE_CHECK_INTERVAL: {
    shown: (config) => config.checkIntervalSeconds,
    whenUnset: 5,
    good: [
      ["300ms", 0.3],
      ["1m30s", 90],
      ["1ns", 1e-9],
      ["596h", 596 * 3600],
    ],
    bad: [
      ["", "no number"],
      ["5", "no unit"],
      ["5 s", "not a duration"],
      ["0", "too short"],
      ["0s", "too short"],
      ["-5s", "too short"],
      ["597h", "too long"],
      ["3000000h", "too long"],
    ],
  },
  KUBENURSE_REUSE_CONNECTIONS: onlyTrue((config) => config.reuseConnections),
  KUBENURSE_SHUTDOWN_DURATION: {
    shown: (config) => config.shutdownSeconds,
    whenUnset: 5,
    good: [
      ["0", 0],
      ["-1s", -1],
      [".5s", 0.5],
    ],
    bad: [
      ["", "no number"],
      ["soon", "not a duration"],
      ["597h", "too long"],
    ],
  },
  KUBENURSE_USE_TLS: {
    shown: (config) => config.tls,
    whenUnset: undefined,
    good: neverTrue.map((text) => [text, undefined]),
    bad: [],
  },
  // Only looked at with KUBENURSE_USE_TLS; see pemFiles.test.ts.
  KUBENURSE_CERT_FILE: { shown: ({ tls }) => tls, whenUnset: undefined, good: [["/a", undefined]], bad: [] },
  KUBENURSE_CERT_KEY: { shown: ({ tls }) => tls, whenUnset: undefined, good: [["/a", undefined]], bad: [] },
  KUBENURSE_HISTOGRAM_BUCKETS: {
    shown: (config) => config.histogramBuckets,
    whenUnset: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    good: [
      ["", [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]],
      ["1", [1]],
      ["1e-3,.5,2", [0.001, 0.5, 2]],
      ["-1,0,1,+Inf", [-1, 0, 1]],
    ],
    bad: [
      ["0.1, 0.2", '" 0.2" is not a number'],
      ["0.1,,0.2", '"" is not a number'],
      ["a", '"a" is not a number'],
      ["0.2,0.1", "0.1 is not above 0.2"],
      ["0.1,0.1", "0.1 is not above 0.1"],
      ["Inf,Inf", "Infinity is not above Infinity"],
      ["-Inf,1", "-Inf is no bound"],
    ],
  },
  KUBENURSE_VICTORIAMETRICS_HISTOGRAM: {
    shown: (config) => config.histogramFormat,
    whenUnset: "le",
    good: [["true", "vmrange"], ...neverTrue.map((text) => [text, "le"] as const)],
    bad: [],
  },
  KUBENURSE_EXPOSE_METADATA: unlessFalse((config) => config.exposeMetadata),
  KUBENURSE_METRICS_DETAIL: {
    shown: (config) => config.metricsDetail,
    whenUnset: "full",
    good: [
      ["full", "full"],
      ["lean", "lean"],
    ],
    bad: [
      ["", "unknown"],
      ["Full", "unknown"],
    ],
  },
  KUBENURSE_LOG_LEVEL: {
    shown: (config) => config.logLevel,
    whenUnset: "info",
    good: ["debug", "info", "warn", "error"].map((level) => [level, level]),
    bad: [
      ["", "unknown"],
      ["trace", "unknown"],
      ["INFO", "unknown"],
    ],
  },
  KUBERNETES_SERVICE_HOST: {
    beside: { KUBERNETES_SERVICE_PORT: "6443" },
    shown: directUrl,
    whenUnset: undefined,
    good: [
      ["", undefined],
      ["10.0.0.1", "https://10.0.0.1:6443/version"],
      ["fd00::1", "https://[fd00::1]:6443/version"],
      ["api.example.com", "https://api.example.com:6443/version"],
    ],
    bad: [
      ["10.0.0.1:443", "not a host"],
      ["[fd00::1]", "not a host"],
      ["a/b", "not a host"],
      ["10.0.0.256", "not a host"],
    ],
  },
  KUBERNETES_SERVICE_PORT: {
    beside: { KUBERNETES_SERVICE_HOST: "10.0.0.1" },
    shown: directUrl,
    whenUnset: undefined,
    good: [
      ["", undefined],
      ["6443", "https://10.0.0.1:6443/version"],
      ["443", "https://10.0.0.1/version"],
    ],
    bad: [
      ["https", "not a port"],
      ["0", "not a port"],
      ["65536", "not a port"],
    ],
  },
  KUBERNETES_SERVICE_DNS: {
    beside: { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "6443" },
    shown: ({ apiServer }) => apiServer?.dnsUrl.href,
    whenUnset: "https://kubernetes.default.svc.cluster.local:6443/version",
    good: [
      ["", "https://kubernetes.default.svc.cluster.local:6443/version"],
      ["kubernetes.default.", "https://kubernetes.default.:6443/version"],
    ],
    bad: [["https://kubernetes", "not a host"]],
  },
  HTTP_PROXY: proxyThrough("http://example.com/"),
  HTTPS_PROXY: proxyThrough("https://example.com/"),
  NO_PROXY: {
    beside: { HTTP_PROXY: "http://proxy" },
    shown: ({ proxy }) => proxy.proxyFor(new URL("http://example.com/"))?.href,
    whenUnset: "http://proxy/",
    good: [
      ["", "http://proxy/"],
      ["example.com", undefined],
    ],
    bad: [],
  },
  KUBECONFIG: {
    shown: (config) => config.kubeconfigFiles,
    whenUnset: [],
    good: [
      ["", []],
      ["/a", ["/a"]],
      ["/a:/b:", ["/a", "/b"]],
    ],
    bad: [],
  },
};

describe.each(Object.entries(rows))("%s", (variable, { shown, whenUnset, good, bad, beside = {} }) => {
  test("has its default where it is not set", () => {
    expect(shown(load(beside).config)).toEqual(whenUnset);
  });

  test.each(good)("takes %j", (text, value) => {
    expect(shown(load({ ...beside, [variable]: text }).config)).toEqual(value);
  });

  test.each(bad)("refuses %j", (text, problem) => {
    const [first, ...others] = problemsOf({ ...beside, [variable]: text });
    expect(others).toEqual([]);
    expect(first).toMatch(/; expected \S.*$/);
    expect(first?.replace(/; expected .*/, "")).toBe(`${variable}: got ${JSON.stringify(text)}: ${problem}`);
  });
});

test("each kind of problem says what was expected", () => {
  const problems = problemsOf({
    KUBENURSE_INGRESS_URL: "x",
    KUBENURSE_EXTRA_CA: "/ca.pem",
    KUBENURSE_EXTRA_CHECKS: "x",
    KUBENURSE_NAMESPACE: "X",
    KUBENURSE_NEIGHBOUR_FILTER: "=",
    KUBENURSE_NEIGHBOUR_LIMIT: "x",
    KUBENURSE_CHECK_INTERVAL: "0",
    KUBENURSE_SHUTDOWN_DURATION: "x",
    KUBENURSE_USE_TLS: "true",
    KUBENURSE_HISTOGRAM_BUCKETS: "x",
    KUBENURSE_METRICS_DETAIL: "x",
    KUBERNETES_SERVICE_HOST: "/",
    KUBERNETES_SERVICE_PORT: "x",
    HTTP_PROXY: "socks5://x",
  });
  expect(problems.map((problem) => problem.replace(/^(\w+): .*(?=expected)/, "$1 "))).toEqual([
    "KUBENURSE_INGRESS_URL expected an absolute http or https URL",
    "KUBENURSE_EXTRA_CHECKS expected entries name:URL separated by |, each with an absolute http or https URL",
    "KUBENURSE_NAMESPACE expected a DNS label such as kube-system, or nothing",
    "KUBENURSE_NEIGHBOUR_FILTER expected a Kubernetes label selector such as app=kubenurse",
    "KUBENURSE_NEIGHBOUR_LIMIT expected a decimal integer",
    "KUBENURSE_CHECK_INTERVAL expected a Go duration such as 300ms, 5s or 1m30s, above 0 and at most 596h",
    "KUBENURSE_SHUTDOWN_DURATION expected a Go duration such as 300ms, 5s or 1m30s, at most 596h",
    "KUBENURSE_HISTOGRAM_BUCKETS expected numbers separated by commas without spaces, each above the one before",
    "KUBENURSE_METRICS_DETAIL expected one of full, lean",
    "KUBERNETES_SERVICE_HOST expected a host name or an IP address",
    "KUBERNETES_SERVICE_PORT expected a port from 1 to 65535",
    "HTTP_PROXY expected the URL of an http or https proxy",
    "KUBENURSE_EXTRA_CA expected a readable file with PEM certificates",
    "KUBENURSE_CERT_FILE expected a readable file with a PEM certificate, since KUBENURSE_USE_TLS is true",
    "KUBENURSE_CERT_KEY expected a readable file with a PEM private key, since KUBENURSE_USE_TLS is true",
  ]);
});

test("no problem shows a password", () => {
  const problems = problemsOf({
    KUBENURSE_INGRESS_URL: "http://me:pass/word@",
    KUBENURSE_EXTRA_CHECKS: "a:http://me:password@b|c:http://me:password@",
    HTTP_PROXY: "socks5://me:password@proxy",
    HTTPS_PROXY: "me:pass word@ proxy",
  });
  expect(problems).toHaveLength(4);
  expect(problems.join("\n")).not.toMatch(/me:p|word/);
});

test.each(["us%er:p", "%C3:%A9"])(
  "credentials %s that no header can be made of are refused",
  (credentials) => {
    const problems = problemsOf({
      KUBENURSE_SERVICE_URL: `http://${credentials}@b`,
      KUBENURSE_EXTRA_CHECKS: `a:http://${credentials}@b`,
      HTTP_PROXY: `${credentials}@proxy`,
    });
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem).toContain("user name or password is not percent-encoded");
    expect(problems.join()).not.toContain(credentials);
  },
);

test("no problem shows the values of a query", () => {
  const [problem] = problemsOf({ KUBENURSE_EXTRA_CHECKS: "a:http://b:x/?token=secret" });
  expect(problem).toContain("?token=***");
  expect(problem).not.toContain("secret");
});

describe("proxies", () => {
  const proxyOf = (environment: Record<string, string>) =>
    load(environment).config.proxy.proxyFor(new URL("http://example.com/"))?.href;

  test("the lower-case name counts where the upper-case one is not set or empty", () => {
    expect(proxyOf({ http_proxy: "http://lower" })).toBe("http://lower/");
    expect(proxyOf({ HTTP_PROXY: "", http_proxy: "http://lower" })).toBe("http://lower/");
    expect(proxyOf({ HTTP_PROXY: "http://upper", http_proxy: "http://lower" })).toBe("http://upper/");
    expect(proxyOf({ HTTP_PROXY: "http://upper", no_proxy: "*" })).toBeUndefined();
  });

  test("a problem names the variable as it was set", () => {
    expect(problemsOf({ http_proxy: "socks5://x" })).toEqual([
      'http_proxy: got "socks5://x": neither http:// nor https://; expected the URL of an http or https proxy',
    ]);
  });

  test("a CGI request can't set the proxy", () => {
    expect(proxyOf({ HTTP_PROXY: "http://evil", REQUEST_METHOD: "GET" })).toBeUndefined();
  });
});

describe("warnings", () => {
  test("there is none for a usual environment", () => {
    expect(
      load({ PATH: "/bin", KUBENURSE_INSECURE: "true", KUBENURSE_CHECK_ME_INGRESS: "" }).warnings,
    ).toEqual([]);
  });

  test("an unknown variable is named, with the known one that is nearest", () => {
    expect(load({ KUBENURSE_CHECK_INTERVALL: "1s", KUBENURSE_X: "1" }).warnings).toEqual([
      "KUBENURSE_CHECK_INTERVALL: not known; KUBENURSE_CHECK_INTERVAL is",
      "KUBENURSE_X: not known",
    ]);
  });

  test("what the kubelet sets for Services named kubenurse is no mistake", () => {
    const links = ["SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_8080_8080", "SERVICE_PORT_HTTP", "PORT"];
    const ports = ["PORT_8080_TCP", "PORT_8080_TCP_PROTO", "PORT_8080_TCP_PORT", "PORT_8080_TCP_ADDR"];
    const names = [...links, ...ports, "HEADLESS_SERVICE_HOST"].map((name) => [`KUBENURSE_${name}`, "x"]);
    expect(load(Object.fromEntries(names)).warnings).toEqual([]);
  });

  test("a boolean that others would understand is pointed out", () => {
    expect(load({ KUBENURSE_INSECURE: "True", KUBENURSE_CHECK_ME_SERVICE: "0" }).warnings).toEqual([
      'KUBENURSE_INSECURE: got "True", which leaves it off, since it is not exactly true',
      'KUBENURSE_CHECK_ME_SERVICE: got "0", which leaves it on, since it is not exactly false',
    ]);
  });
});

test("nobody can change a Config", () => {
  const { config } = load({ KUBENURSE_EXTRA_CHECKS: "a:http://b" });
  for (const part of [
    config,
    config.checks,
    config.extraChecks,
    config.histogramBuckets,
    config.kubeconfigFiles,
  ]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test("a discovery Service needs a namespace", () => {
  expect(() => loadConfig({ KUBENURSE_DISCOVERY_SERVICE: "agents" })).toThrow(
    /^KUBENURSE_NAMESPACE: .*expected/,
  );
  const { config } = loadConfig({
    KUBENURSE_DISCOVERY_SERVICE: "agents",
    KUBENURSE_NAMESPACE: "kube-system",
  });
  expect(config.discoveryService).toBe("agents");
});

test("refuses an empty secret among others, and shows none of them", () => {
  expect(problemsOf({ KUBENURSE_MESH_KEY: "new,,old" })).toEqual([
    expect.stringMatching(/^KUBENURSE_MESH_KEY: got "\*\*\*": an empty secret; expected a secret/),
  ]);
});
