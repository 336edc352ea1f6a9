import type { V1DaemonSet } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/loadConfig.ts";
import { makeCertificateAuthority } from "../../src/demo/certificates.ts";
import { agentEnvironment } from "./agentEnvironment.ts";
import { ciNames, ciValues } from "./ciValues.ts";
import { chart, helm, render } from "./helm.ts";

const authority = await makeCertificateAuthority();
const { key, cert } = await authority.issue({ names: ["kubenurse"] });
const files = new Map([
  ["/certificates/tls.crt", cert],
  ["/certificates/tls.key", key],
  ["/certificates/ca.crt", authority.certificatePem],
]);
const readFile = (path: string) => {
  const content = files.get(path);
  if (content === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
  return content;
};

const url = (text: string) => new URL(text);
const service = "http://kubenurse.network.svc.cluster.local:8080/alwayshappy";

/** What the agent's own settings parser makes of each values file. */
const expected: Record<string, object> = {
  analyse: { diagnosis: { mode: "report", events: true, nodeCondition: true } },
  defaults: {
    diagnosis: { mode: "on", events: true, nodeCondition: false },
    ingressCheckUrl: undefined,
    serviceCheckUrl: url(service),
    insecure: false,
    namespace: "network",
    discoveryService: "kubenurse-agents",
    nodeName: "node-1",
    neighbourFilter: { text: "app.kubernetes.io/name=kubenurse,app.kubernetes.io/instance=kubenurse" },
    neighbourLimit: 10,
    allowUnschedulable: false,
    checks: {
      apiServerDirect: true,
      apiServerDns: true,
      meIngress: false,
      meService: true,
      neighbourhood: true,
    },
    layers: {
      dns: {
        service: { namespace: "kube-system", name: "kube-dns" },
        internalName: "kubernetes.default.svc.cluster.local",
      },
      udp: true,
      payload: true,
      nodeAddressPort: 10250,
      apiServerEndpoints: true,
      serviceEndpoints: true,
      keptConnections: true,
    },
    udpPort: 8080,
    mesh: { neighbours: 10, pathChoice: "ring", pairsPerSecond: 1 },
    nodeAddress: "192.0.2.1",
    checkIntervalSeconds: 5,
    exposeMetadata: true,
    tls: undefined,
    logLevel: "info",
    metricsDetail: "full",
  },
  hostnetwork: { nodeName: "node-1", discoveryService: "kubenurse-agents" },
  httproute: {
    ingressCheckUrl: url("http://kubenurse.example.com/alwayshappy"),
    checks: { meIngress: true },
  },
  ingress: {
    ingressCheckUrl: url("https://kubenurse.example.com/alwayshappy"),
    checks: { meIngress: true },
    checkIntervalSeconds: 90,
    histogramBuckets: [0.01, 0.1, 1],
    extraChecks: [
      { name: "web", url: url("https://example.com/") },
      { name: "other", url: url("http://other.example.com/version") },
    ],
  },
  ipv6: { serviceCheckUrl: url(service) },
  layers: {
    layers: {
      dns: {
        service: { namespace: "openshift-dns", name: "dns-default" },
        internalName: "kubernetes.default.svc.example.org",
        externalName: "example.org",
      },
      nodeAddressPort: 22,
      keptConnections: false,
    },
    udpPort: 8081,
    mesh: { neighbours: 16, pathChoice: "zones", pairsPerSecond: 0.5, keys: ["secret of kubenurse-mesh"] },
    file: "/etc/kubenurse/config.yaml",
  },
  minimal: {
    diagnosis: { mode: "off", events: false, nodeCondition: false },
    allowUnschedulable: true,
    metricsDetail: "lean",
    checks: { meIngress: false, meService: false, neighbourhood: true },
  },
  monitoring: { ingressCheckUrl: url("http://kubenurse.example.com/alwayshappy") },
  podmonitor: {
    serviceCheckUrl: url("http://nurse.network.svc.cluster.local:8080/alwayshappy"),
    discoveryService: "nurse-agents",
    neighbourFilter: { text: "app.kubernetes.io/name=nurse,app.kubernetes.io/instance=kubenurse" },
  },
  "pods-mode": {
    discoveryService: undefined,
    neighbourFilter: { text: "app.kubernetes.io/name in (kubenurse, kubenurse-next)" },
    serviceCheckUrl: url("http://kubenurse.network.svc.example.org:8080/alwayshappy"),
    apiServer: { dnsUrl: url("https://kubernetes.default.svc.example.org/version") },
    checkIntervalSeconds: 10,
  },
  tls: {
    tls: { certFile: "/certificates/tls.crt", keyFile: "/certificates/tls.key" },
    extraCaFile: "/certificates/ca.crt",
  },
  upstream: {
    ingressCheckUrl: url("https://dummy-kubenurse.example.com/alwayshappy"),
    serviceCheckUrl: url(service),
    insecure: true,
    neighbourFilter: { text: "app.kubernetes.io/name=kubenurse" },
    neighbourLimit: 10,
    checks: {
      apiServerDirect: true,
      apiServerDns: true,
      meIngress: true,
      meService: true,
      neighbourhood: true,
    },
    checkIntervalSeconds: 5,
    shutdownSeconds: 5,
    exposeMetadata: false,
    reuseConnections: false,
    tls: undefined,
  },
};

test("every values file has an expectation", () => {
  expect(Object.keys(expected).sort()).toEqual(ciNames.sort());
});

describe.each(ciNames)("%s-values.yaml", (name) => {
  test("pleases helm lint", async () => {
    await expect(helm("lint", "--strict", chart, ...ciValues(name))).resolves.toContain("0 chart(s) failed");
  });

  test("becomes the environment that is meant", async () => {
    const objects = await render(...ciValues(name));
    const daemonSet = objects.find(({ kind }) => kind === "DaemonSet") as V1DaemonSet;
    const names = daemonSet.spec?.template.spec?.containers[0]?.env?.map((variable) => variable.name);
    expect(names).toEqual([...new Set(names)]);
    const { config, warnings } = loadConfig(agentEnvironment(daemonSet), readFile);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject(expected[name] ?? {});
  });
});
