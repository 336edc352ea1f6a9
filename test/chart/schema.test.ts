import { readFileSync } from "node:fs";
import type { V1DaemonSet } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { chartSchema, schemaFile, variableOf } from "../../scripts/writeChartSchema.ts";
import { settings } from "../../src/config/settings.ts";
import { agentEnvironment } from "./agentEnvironment.ts";
import { render } from "./helm.ts";

test("the committed schema is current: npm run chart", () => {
  expect(JSON.parse(readFileSync(schemaFile, "utf8"))).toEqual(chartSchema());
});

test.each([
  ["insecur=true", "additional properties 'insecur' not allowed"],
  ["insecure=yes", "'/insecure': value must be one of true, false, 'true', 'false'"],
  ["neighbour_limit=ten", "'/neighbour_limit': 'ten' does not match pattern"],
  ["check_interval=5", "'/check_interval': got number, want string"],
  ["check_interval=5 s", "'/check_interval': '5 s' does not match pattern"],
  ["metrics_detail=less", "'/metrics_detail': value must be one of 'full', 'lean'"],
  ["service_url=kubenurse:8080", "'/service_url': 'kubenurse:8080' does not match pattern"],
  ["daemonset.hostnetwork=true", "'/daemonset': additional properties 'hostnetwork' not allowed"],
  ["daemonset.image=kubenurse:2", "'/daemonset/image': got string, want object"],
  ["daemonset.podLabels.a=1", "'/daemonset/podLabels/a': got number, want string"],
  ["dns_service=kube-dns", "'/dns_service': 'kube-dns' does not match pattern"],
  ["dns_external_name=a b", "'/dns_external_name': 'a b' does not match pattern"],
  ["udp_port=dns", "'/udp_port': 'dns' does not match pattern"],
  ["neighbour_choice=zone", "'/neighbour_choice': value must be one of 'ring', 'zones'"],
  ["meshKeySecret=kubenurse", "'/meshKeySecret': got string, want object"],
  ["config=checks", "'/config': got string, want object"],
  ["discovery.mode=pod", "'/discovery/mode': value must be one of 'endpointslices', 'pods'"],
  ["service.port=http", "'/service/port': got string, want integer"],
  ["ingress.enabled=yes", "'/ingress/enabled': got string, want boolean"],
  ["use_tls=true", "use_tls is true, but cert_file and cert_key do not name"],
  ["ingress.url=https://example.com", "an Ingress needs the host alone"],
  ["httpRoute.enabled=true", "httpRoute.parentRefs or httpRoute.hostnames is empty"],
  [
    "httpRoute.enabled=true,httpRoute.parentRefs[0].name=a,httpRoute.hostnames[0]=*.example.com",
    "httpRoute.hostnames begins with a wildcard",
  ],
  ["daemonset.hostNetwork=true,daemonset.rollingUpdate.maxSurge=1", "no second pod fits beside the old one"],
  [
    "daemonset.hostNetwork=true,daemonset.rollingUpdate.maxSurge=10%",
    "no second pod fits beside the old one",
  ],
  [
    "prometheusRule.runbookBaseUrl=example.com",
    "'/prometheusRule/runbookBaseUrl': 'example.com' does not match",
  ],
  ["serviceMonitor.enabled=true,podMonitor.enabled=true", "every agent would be scraped twice"],
])("%s is refused with a clear message", async (value, message) => {
  await expect(render("--set", value)).rejects.toThrow(message);
});

test.each([
  "daemonset.hostNetwork=true,daemonset.rollingUpdate.maxSurge=0%",
  "daemonset.rollingUpdate.maxSurge=1,daemonset.rollingUpdate.maxUnavailable=0",
  "ingress.url=example.com,httpRoute.enabled=true,httpRoute.parentRefs[0].name=a,httpRoute.hostnames[0]=*.example.com",
  "global.registry=example.com,enabled=true",
])("%s is accepted", async (value) => {
  await expect(render("--set", value)).resolves.not.toEqual([]);
});

/** Variables that are no value of the chart by themselves, and where their text comes from. */
const setOtherwise = {
  KUBENURSE_INGRESS_URL: "ingress.url or httpRoute",
  KUBENURSE_NAMESPACE: "the release",
  KUBENURSE_DISCOVERY_SERVICE: "discovery.mode",
  KUBENURSE_NODE_NAME: "the pod",
  KUBENURSE_NODE_ADDRESS: "the pod",
  KUBENURSE_MESH_KEY: "meshKeySecret",
  KUBENURSE_DIAGNOSIS: "diagnosis.enabled and diagnosis.analyse",
  KUBENURSE_DIAGNOSIS_EVENTS: "diagnosis.events",
  KUBENURSE_DIAGNOSIS_NODE_CONDITION: "diagnosis.nodeCondition",
  KUBENURSE_CONFIG: "config, which is the file's content",
  KUBERNETES_SERVICE_HOST: "the kubelet",
  KUBERNETES_SERVICE_PORT: "the kubelet",
  HTTP_PROXY: "daemonset.extraEnvs",
  HTTPS_PROXY: "daemonset.extraEnvs",
  NO_PROXY: "daemonset.extraEnvs",
  KUBECONFIG: "nothing, since the pod has its service account",
};

test("every variable of the agent is a value of the chart, or set otherwise", async () => {
  const { properties } = chartSchema() as { properties: Record<string, unknown> };
  const variables = Object.keys(properties).map(variableOf);
  const reachable = Object.keys(settings).filter((name) => variables.includes(name));
  const all = new Set([...reachable, ...Object.keys(setOtherwise)]);
  expect([...all].sort()).toEqual(Object.keys(settings).sort());
});

/** A text other than its default for each value that becomes a variable. */
const chosen = {
  insecure: "true",
  service_url: "http://service.example.com",
  kubernetes_service_dns: "api.example.com",
  allow_unschedulable: "true",
  neighbour_filter: "app=other",
  neighbour_limit: "1000000",
  histogram_buckets: "0.5",
  victoriametrics_histogram: "true",
  expose_metadata: "false",
  metrics_detail: "lean",
  log_level: "debug",
  extra_ca: "/ca.crt",
  extra_checks: "web:http://example.com/",
  check_api_server_direct: "false",
  check_api_server_dns: "false",
  check_me_ingress: "false",
  check_me_service: "false",
  check_neighbourhood: "false",
  check_dns: "false",
  dns_service: "dns/coredns",
  dns_internal_name: "a.example.com",
  dns_external_name: "example.org",
  check_udp: "false",
  udp_port: "8081",
  check_payload: "false",
  check_node_address: "false",
  node_address_port: "22",
  check_api_server_endpoints: "false",
  check_service_endpoints: "false",
  check_kept_connections: "false",
  mesh_neighbours: "16",
  neighbour_choice: "zones",
  pairs_per_second: "0.5",
  check_interval: "7s",
  reuse_connections: "true",
  shutdown_duration: "8s",
  use_tls: "true",
  cert_file: "/tls.crt",
  cert_key: "/tls.key",
};

test.each(["--set", "--set-string"])("each of those values reaches its variable by %s", async (flag) => {
  const values = Object.entries({ ...chosen, "ingress.url": "example.com" });
  const objects = await render(...values.flatMap(([name, text]) => [flag, `${name}=${text}`]));
  const environment = agentEnvironment(objects.find(({ kind }) => kind === "DaemonSet") as V1DaemonSet);
  const given = Object.entries(chosen).map(([name, text]) => [variableOf(name), text]);
  expect(environment).toMatchObject(Object.fromEntries(given));
  const reachable = Object.keys(settings).filter((name) => !(name in setOtherwise));
  expect(given.map(([variable]) => variable).sort()).toEqual(reachable.sort());
});
