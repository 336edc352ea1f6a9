import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  V1ConfigMap,
  V1DaemonSet,
  V1Deployment,
  V1Ingress,
  V1LabelSelector,
  V1NetworkPolicy,
  V1RoleBinding,
  V1Service,
  V1ServiceAccount,
} from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettingsFile } from "../../src/config/settingsFile.ts";
import { ciNames, ciValues } from "./ciValues.ts";
import { chart, namespace, type Rendered, render } from "./helm.ts";

const kindsOf = (objects: readonly Rendered[]) => objects.map(({ kind }) => kind).sort();
const always = ["DaemonSet", "Role", "RoleBinding", "Service"];
const nodes = ["ClusterRole", "ClusterRoleBinding"];
/** For the pods of DNS, for the API servers, and for the Events of nodes. */
const elsewhere = ["Role", "Role", "Role", "RoleBinding", "RoleBinding", "RoleBinding"];

/** The object of a kind; where `name` is absent, the only one. */
function only<Kind>(objects: readonly Rendered[], kind: string, name?: string): Kind {
  const found = objects.filter((one) => one.kind === kind && [undefined, one.metadata.name].includes(name));
  expect(found).toHaveLength(1);
  return found[0] as Kind;
}

interface PrometheusRule {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
}

interface Rule {
  readonly alert?: string;
  readonly annotations?: { readonly runbook_url: string };
}

const podOf = (objects: readonly Rendered[]) => only<V1DaemonSet>(objects, "DaemonSet").spec?.template;

describe.each(ciNames)("%s-values.yaml", async (name) => {
  const objects = await render(...ciValues(name));
  const pod = podOf(objects);

  test("what selects the agents selects them", () => {
    const services = objects.filter(({ kind }) => kind === "Service") as V1Service[];
    const { selector } = only<V1DaemonSet>(objects, "DaemonSet").spec ?? {};
    const selectors = [selector?.matchLabels, ...services.map(({ spec }) => spec?.selector)];
    for (const labels of selectors) {
      expect(Object.keys(labels ?? {})).toEqual(["app.kubernetes.io/name", "app.kubernetes.io/instance"]);
      expect(pod?.metadata?.labels).toMatchObject(labels ?? {});
    }
  });

  test("ports that are referred to exist in the pod", () => {
    const [container] = pod?.spec?.containers ?? [];
    const ports = container?.ports?.flatMap(({ name, containerPort }) => [name, containerPort]) ?? [];
    const services = objects.filter(({ kind }) => kind === "Service") as V1Service[];
    const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];
    const named = [
      ...services.flatMap(({ spec }) => spec?.ports?.map(({ targetPort }) => targetPort) ?? []),
      ...probes.flatMap((probe) => (probe == null ? [] : [probe.httpGet?.port])),
    ];
    expect(named.filter((port) => !ports.includes(port as string | number))).toEqual([]);
  });

  test("the roles are the pod's account's, and nothing else but dashboards is in another namespace", () => {
    const account = { kind: "ServiceAccount", name: pod?.spec?.serviceAccountName, namespace };
    const bindings = objects.filter(({ kind }) => kind.endsWith("Binding")) as unknown as V1RoleBinding[];
    expect(bindings.map(({ subjects }) => subjects)).toEqual(bindings.map(() => [account]));
    const outside = objects.filter((one) => one.metadata.namespace !== namespace).map(({ kind }) => kind);
    const others = outside.filter((kind) => kind !== "ConfigMap" && !nodes.includes(kind)).sort();
    expect(others).toEqual(name === "minimal" ? [] : elsewhere);
  });

  test("no two ports of the container have one number, since an upgrade would merge them", () => {
    const numbers = pod?.spec?.containers[0]?.ports?.map(({ containerPort }) => containerPort) ?? [];
    expect(numbers).toContain(8080);
    expect(numbers).toEqual([...new Set(numbers)]);
  });

  test("restricted pod security admits the pod, unless it uses the host's network", () => {
    expect(pod?.spec?.hostNetwork ?? false).toBe(name === "hostnetwork");
    expect(pod?.spec?.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    if (name === "minimal") return;
    expect(pod?.spec?.securityContext).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
  });
});

test("by default: no Ingress, neighbours by EndpointSlices, the token mounted in the agents alone", async () => {
  const objects = await render();
  expect(kindsOf(objects)).toEqual([...nodes, ...always, ...elsewhere, "Service", "ServiceAccount"].sort());
  expect(only<V1Service>(objects, "Service", "kubenurse").spec?.ports).toEqual([
    { name: "8080-8080", port: 8080, targetPort: 8080 },
  ]);
  expect(only<V1Service>(objects, "Service", "kubenurse-agents").spec).toMatchObject({
    clusterIP: "None",
    publishNotReadyAddresses: false,
  });
  expect(only<V1ServiceAccount>(objects, "ServiceAccount").automountServiceAccountToken).toBe(false);
  expect(podOf(objects)?.spec?.automountServiceAccountToken).toBe(true);
});

test("without an account of its own, unschedulable nodes and other namespaces, all stays in the namespace", async () => {
  const objects = await render(...ciValues("minimal"));
  expect(kindsOf(objects)).toEqual([...always, "Service"]);
  expect(podOf(objects)?.spec?.serviceAccountName).toBe("default");
});

test("in pods mode there is no headless Service", async () => {
  const objects = await render(...ciValues("pods-mode"));
  expect(only<V1Service>(objects, "Service").metadata?.name).toBe("kubenurse");
});

test("the Ingress exposes exactly /alwayshappy", async () => {
  const { spec } = only<V1Ingress>(await render(...ciValues("ingress")), "Ingress");
  const service = { name: "kubenurse", port: { number: 8080 } };
  expect(spec).toEqual({
    ingressClassName: "traefik",
    rules: [
      {
        host: "kubenurse.example.com",
        http: { paths: [{ path: "/alwayshappy", pathType: "Exact", backend: { service } }] },
      },
    ],
    tls: [{ hosts: ["kubenurse.example.com"], secretName: "kubenurse-tls" }],
  });
  const off = await render(...ciValues("ingress"), "--set", "ingress.enabled=false");
  expect(kindsOf(off)).not.toContain("Ingress");
});

test("the HTTPRoute exposes exactly /alwayshappy", async () => {
  expect(only(await render(...ciValues("httproute")), "HTTPRoute")).toMatchObject({
    spec: {
      parentRefs: [{ name: "public", namespace: "gateways" }],
      hostnames: ["kubenurse.example.com", "other.example.com"],
      rules: [
        {
          matches: [{ path: { type: "Exact", value: "/alwayshappy" } }],
          backendRefs: [{ name: "kubenurse", port: 8080 }],
        },
      ],
    },
  });
});

test("with TLS, port 8443 is in the pod and in the Service", async () => {
  const objects = await render(...ciValues("tls"));
  expect(podOf(objects)?.spec?.containers[0]?.ports).toContainEqual({ name: "https", containerPort: 8443 });
  const { ports } = only<V1Service>(objects, "Service", "kubenurse").spec ?? {};
  expect(ports).toContainEqual({ name: "https", port: 8443, targetPort: 8443 });
});

test("on the host's network the cluster's DNS is still asked", async () => {
  const { spec } = podOf(await render(...ciValues("hostnetwork"))) ?? {};
  expect(spec).toMatchObject({ hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" });
  expect(spec?.nodeSelector).toEqual({ "kubernetes.io/os": "linux" });
});

test("of two IP families, neighbours are found in the first", async () => {
  const objects = await render(...ciValues("ipv6"));
  const families = (name: string) => only<V1Service>(objects, "Service", name).spec;
  expect(families("kubenurse")).toMatchObject({
    ipFamilyPolicy: "RequireDualStack",
    ipFamilies: ["IPv6", "IPv4"],
  });
  expect(families("kubenurse-agents")).toMatchObject({
    ipFamilyPolicy: "SingleStack",
    ipFamilies: ["IPv6"],
  });
});

describe("monitoring", async () => {
  const objects = await render(...ciValues("monitoring"));

  test("the ServiceMonitor finds the Service and no other, and names the node", () => {
    const { metadata, spec } = only<V1Service>(objects, "Service", "kubenurse");
    const headless = only<V1Service>(objects, "Service", "kubenurse-agents");
    const monitor = only<{ spec: { selector: { matchLabels: Record<string, string> } } }>(
      objects,
      "ServiceMonitor",
    );
    const { matchLabels } = monitor.spec.selector;
    expect(metadata?.labels).toMatchObject(matchLabels);
    expect(headless.metadata?.labels).not.toMatchObject(matchLabels);
    expect(monitor.spec).toMatchObject({
      endpoints: [
        {
          port: spec?.ports?.[0]?.name,
          interval: "30s",
          scrapeTimeout: "10s",
          relabelings: [
            { targetLabel: "job", replacement: "kubenurse" },
            { sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" },
            { targetLabel: "cluster", replacement: "test" },
          ],
        },
      ],
    });
  });

  test("the PrometheusRule holds the rules as they are", () => {
    const { groups } = parse(readFileSync(join(chart, "files/rules.yaml"), "utf8"));
    expect(only(objects, "PrometheusRule")).toMatchObject({
      metadata: { labels: { release: "kube-prometheus-stack", team: "network" } },
      spec: { groups },
    });
  });

  test.each(["https://git.example.com/kubenurse/blob/main", "https://git.example.com/kubenurse/blob/main/"])(
    "alerts link to their runbooks below %s",
    async (base) => {
      const set = ["--set", `prometheusRule.runbookBaseUrl=${base}`];
      const { spec } = only<PrometheusRule>(
        await render(...ciValues("monitoring"), ...set),
        "PrometheusRule",
      );
      const alerts = spec.groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
      expect(alerts).not.toEqual([]);
      for (const { alert, annotations } of alerts) {
        expect(annotations?.runbook_url?.split("#")[0]).toBe(
          `https://git.example.com/kubenurse/blob/main/docs/runbooks/${alert}.md`,
        );
      }
    },
  );

  test("each dashboard is a ConfigMap for Grafana's sidecar", () => {
    const folder = join(chart, "files/dashboards");
    const files = readdirSync(folder);
    const stack = parse(readFileSync("manifests/monitoring/kube-prometheus-stack-values.yaml", "utf8"));
    const { folderAnnotation, provider } = stack.grafana.sidecar.dashboards;
    expect(provider).toEqual({ foldersFromFilesStructure: true });
    expect(files).not.toEqual([]);
    for (const file of files) {
      const name = `kubenurse-${file.replace(".json", "")}`;
      const { metadata, data } = only<V1ConfigMap>(objects, "ConfigMap", name);
      expect(metadata?.labels).toMatchObject({ grafana_dashboard: "1" });
      expect(metadata?.annotations).toMatchObject({ [folderAnnotation]: "Network" });
      expect(JSON.parse(data?.[file] ?? "")).toEqual(JSON.parse(readFileSync(join(folder, file), "utf8")));
    }
  });

  test("the NetworkPolicy lets agents, ingress controllers and Prometheus in, and UDP between agents only", () => {
    const { ingress, egress } = only<V1NetworkPolicy>(objects, "NetworkPolicy").spec ?? {};
    const agents = {
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "kubenurse", "app.kubernetes.io/instance": "kubenurse" },
      },
    };
    const inNamespace = (name: string) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    });
    expect(ingress).toEqual([
      { from: [agents], ports: [{ port: 8080 }, { port: 8080, protocol: "UDP" }] },
      { from: [inNamespace("ingress-nginx")], ports: [{ port: 8080 }] },
      { from: [inNamespace("monitoring")], ports: [{ port: 8080 }] },
    ]);
    expect(egress?.slice(0, 2)).toEqual([
      { to: [agents], ports: [{ port: 8080 }, { port: 8080, protocol: "UDP" }] },
      { ports: [{ port: 10250, protocol: "TCP" }] },
    ]);
    expect(egress?.at(-1)).toEqual({ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }] });
  });

  test("without ports to permit, the NetworkPolicy permits no address outside", async () => {
    const none = [
      "--set-json",
      "networkPolicy.dnsPorts=[],networkPolicy.outsidePorts=[],check_node_address=false,check_udp=false",
    ];
    const { spec } = only<V1NetworkPolicy>(await render(...ciValues("monitoring"), ...none), "NetworkPolicy");
    expect(spec?.egress?.filter(({ to }) => to === undefined)).toEqual([]);
    expect(JSON.stringify(spec)).not.toContain("UDP");
  });

  test("common labels and annotations are on every object and the pods; extra objects are templates", () => {
    const extra = ["kubenurse-map", "kubenurse-text"];
    const own = objects.filter(({ metadata }) => !extra.includes(metadata.name));
    for (const { metadata } of [
      ...own,
      ...(podOf(objects)?.metadata ? [{ metadata: podOf(objects)?.metadata }] : []),
    ]) {
      expect(metadata).toMatchObject({
        labels: { team: "network" },
        annotations: { "example.com/owner": "network" },
      });
    }
    for (const name of extra) only(objects, "ConfigMap", name);
  });
});

describe("the checks that tell layers apart", async () => {
  const objects = await render(...ciValues("layers"));

  test("the settings file is mounted as a folder, so that it is read again when it changes", async () => {
    const { data } = only<V1ConfigMap>(objects, "ConfigMap", "kubenurse-config");
    const { checks } = await parseSettingsFile(data?.["config.yaml"] ?? "", "config.yaml");
    expect(checks).toMatchObject([
      { name: "database", kind: "tcp", host: "db.example.com", port: 5432 },
      { name: "web", kind: "http", status: [200, "3xx"], interval: 60 },
    ]);
    const { volumes, containers } = podOf(objects)?.spec ?? {};
    expect(volumes).toEqual([
      { name: "tmp", emptyDir: {} },
      { name: "kubenurse-config", configMap: { name: "kubenurse-config" } },
    ]);
    expect(containers?.[0]?.volumeMounts).toEqual([
      { name: "tmp", mountPath: "/tmp" },
      { name: "kubenurse-config", mountPath: "/etc/kubenurse", readOnly: true },
    ]);
  });

  test("the NetworkPolicy follows the ports of datagrams and of node addresses", () => {
    const { ingress, egress } = only<V1NetworkPolicy>(objects, "NetworkPolicy").spec ?? {};
    expect(ingress?.[0]?.ports).toContainEqual({ port: 8081, protocol: "UDP" });
    expect(egress?.[0]?.ports).toContainEqual({ port: 8081, protocol: "UDP" });
    expect(egress?.[1]).toEqual({ ports: [{ port: 22, protocol: "TCP" }] });
  });
});

describe("a Deployment that judges in the agents' place", async () => {
  const objects = await render(...ciValues("analyse"));
  const deployment = only<V1Deployment>(objects, "Deployment");
  const { template, selector, replicas } = deployment.spec ?? {};
  const [container] = template?.spec?.containers ?? [];

  test("runs the same image with the agents' settings and account", () => {
    const agents = podOf(objects)?.spec;
    expect(replicas).toBe(3);
    expect(container).toMatchObject({ image: agents?.containers[0]?.image, args: ["analyse"] });
    expect(container?.env).toEqual(agents?.containers[0]?.env);
    for (const field of ["volumes", "serviceAccountName", "securityContext"] as const) {
      expect(template?.spec?.[field]).toEqual(agents?.[field]);
    }
  });

  test("its pods are selected by itself and its monitor, and by nothing that selects agents", () => {
    const labels = template?.metadata?.labels;
    expect(labels).toMatchObject(selector?.matchLabels ?? {});
    expect(labels).toMatchObject({ team: "network" });
    const services = objects.filter(({ kind }) => kind === "Service") as V1Service[];
    for (const { spec } of services) expect(labels).not.toMatchObject(spec?.selector ?? {});
    const monitor = (name: string) =>
      only<{ spec: { selector: V1LabelSelector } }>(objects, "PodMonitor", name).spec;
    expect(labels).not.toMatchObject(monitor("kubenurse").selector.matchLabels ?? {});
    expect(monitor("kubenurse-analyse")).toMatchObject({
      selector,
      podMetricsEndpoints: [
        {
          ...{ port: "http", interval: "15s" },
          relabelings: [{}, {}, { targetLabel: "job", replacement: "kubenurse-analyse" }],
        },
      ],
    });
  });

  test("the NetworkPolicy lets agents send it their reports", () => {
    expect(only<V1NetworkPolicy>(objects, "NetworkPolicy").spec?.egress).toContainEqual({
      to: [{ podSelector: { matchLabels: selector?.matchLabels } }],
      ports: [{ port: 8080 }],
    });
  });

  test("is not there where there are no findings", async () => {
    const without = await render(...ciValues("analyse"), "--set", "diagnosis.enabled=false");
    expect(kindsOf(without)).not.toContain("Deployment");
    expect(JSON.stringify(without)).not.toMatch(/leases|configmaps|nodes\/status|kubenurse-events|analyse/);
  });
});

test("a PodMonitor scrapes the pods, and labels of the values never replace what selects", async () => {
  const objects = await render(...ciValues("podmonitor"));
  expect(only(objects, "PodMonitor")).toMatchObject({
    spec: {
      selector: {
        matchLabels: { "app.kubernetes.io/name": "nurse", "app.kubernetes.io/instance": "kubenurse" },
      },
      podMetricsEndpoints: [{ port: "http", interval: "1m" }],
    },
  });
  expect(podOf(objects)?.metadata?.labels).toMatchObject({
    "app.kubernetes.io/name": "nurse",
    team: "network",
  });
});
