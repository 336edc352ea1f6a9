import { afterEach, beforeEach, expect, it } from "vitest";
import { fastClock, testEdges } from "../../test/peers/edges.ts";
import { eventually } from "../../test/peers/eventually.ts";
import { startKubernetes, type TestKubernetes } from "../../test/peers/kubernetes.ts";
import { loadConfig } from "../config/loadConfig.ts";
import type { ApiObject } from "../demo/api/store.ts";
import { connectToKubernetes, type KubernetesConnection } from "./connection.ts";
import { type ServiceDiscovery, startServiceDiscovery } from "./services.ts";

let kubernetes: TestKubernetes;
let ending: AbortController;

beforeEach(async () => {
  kubernetes = await startKubernetes();
  ending = new AbortController();
});

afterEach(async () => {
  ending.abort();
  await kubernetes[Symbol.asyncDispose]();
});

/** Back-off and silence are shorter by `speed`; `lines` collects the log's, `asked` the paths that were requested. */
async function discover(
  environment: Record<string, string> = {},
  { lines = [], asked = [], speed = 10 }: { lines?: string[]; asked?: string[]; speed?: number } = {},
): Promise<ServiceDiscovery> {
  const { config } = loadConfig({ ...kubernetes.environment, ...environment });
  const { serviceAccountDirectory } = kubernetes;
  const edges = testEdges({ clock: fastClock(speed), random: () => 0, serviceAccountDirectory });
  edges.log.warn = (_details: object, message?: string) => void lines.push(message ?? "");
  edges.log.info = (message: string) => void lines.push(message);
  const { get, send } = await connectToKubernetes(config, serviceAccountDirectory);
  const connection: KubernetesConnection = {
    send,
    get(path, signal) {
      asked.push(path);
      return get(path, signal);
    },
  };
  return startServiceDiscovery(config, edges, connection, () => {}, ending.signal);
}

const service = (spec: object): ApiObject => ({
  metadata: { name: "kube-dns", namespace: "kube-system" },
  spec,
});

function slice(name: string, owner: "kube-dns" | "kubernetes", more: object): ApiObject {
  const namespace = owner === "kube-dns" ? "kube-system" : "default";
  return {
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": owner } },
    addressType: "IPv4",
    ...more,
  };
}

const dnsPorts = [
  { name: "metrics", port: 9153, protocol: "TCP" },
  { name: "dns-tcp", port: 5353, protocol: "TCP" },
  { name: "dns", port: 5353, protocol: "UDP" },
];
const pod = (name: string, address: string, conditions?: object) => ({
  addresses: [address],
  ...{ conditions, nodeName: "node-a", zone: "zone-1", targetRef: { kind: "Pod", name } },
});
const known = (name: string, address: string, state: string) => ({
  ...{ podName: name, address, port: 5353, nodeName: "node-a", zone: "zone-1", state },
});

it("knows the address of DNS and the states of its pods, at the pods' own port", async () => {
  const { store } = kubernetes.api;
  store.create("services", service({ clusterIP: "10.96.0.10" }));
  store.create("services", { metadata: { name: "other", namespace: "kube-system" }, spec: {} });
  const endpoints = [
    pod("dns-1", "10.0.0.1", { ready: true }),
    pod("dns-2", "10.0.0.2", { ready: false }),
    pod("dns-3", "10.0.0.3", { ready: false, serving: true, terminating: true }),
    pod("dns-4", "10.0.0.4"),
  ];
  store.create("endpointslices", slice("dns-a", "kube-dns", { ports: dnsPorts, endpoints }));
  const discovery = await discover();
  await eventually(() =>
    expect(discovery.dns()).toEqual({
      state: "known",
      clusterIP: "10.96.0.10",
      endpoints: [
        known("dns-1", "10.0.0.1", "ready"),
        known("dns-2", "10.0.0.2", "unready"),
        known("dns-3", "10.0.0.3", "leaving"),
        known("dns-4", "10.0.0.4", "ready"),
      ],
    }),
  );
});

it("counts a dual-stack pod once, by its IPv4 address, and leaves out slices that lead nowhere", async () => {
  const { store } = kubernetes.api;
  const create = (name: string, more: object) =>
    store.create("endpointslices", slice(name, "kube-dns", { ports: dnsPorts, ...more }));
  create("dns-6", { addressType: "IPv6", endpoints: [pod("dns-1", "fd00::1"), pod("dns-2", "fd00::2")] });
  create("dns-4", { endpoints: [pod("dns-1", "10.0.0.1")] });
  create("dns-name", { addressType: "FQDN", endpoints: [pod("dns-3", "dns.example.com")] });
  create("dns-less", { ports: [{ name: "metrics", port: 9153 }], endpoints: [pod("dns-4", "10.0.0.4")] });
  create("dns-none", { ports: null, endpoints: null });
  const discovery = await discover();
  await eventually(() =>
    expect(discovery.dns()).toEqual({
      state: "known",
      endpoints: [known("dns-1", "10.0.0.1", "ready"), known("dns-2", "fd00::2", "ready")],
    }),
  );
});

it("knows every API server, which is no pod and has no conditions", async () => {
  const ports = [{ name: "https", port: 6443 }];
  const endpoints = [
    { addresses: ["192.168.0.2"], conditions: {} },
    { addresses: ["192.168.0.1"], targetRef: { kind: "Node", name: "node-a" } },
  ];
  kubernetes.api.store.create("endpointslices", slice("kubernetes", "kubernetes", { ports, endpoints }));
  const discovery = await discover();
  const endpoint = { podName: "", port: 6443, nodeName: "", state: "ready" };
  await eventually(() =>
    expect(discovery.apiServer()).toEqual({
      state: "known",
      endpoints: [
        { ...endpoint, address: "192.168.0.2" },
        { ...endpoint, address: "192.168.0.1" },
      ],
    }),
  );
});

it("takes the port by its name, else the first one of the protocol", async () => {
  const { store } = kubernetes.api;
  const create = (name: string, ports: object[]) =>
    store.create(
      "endpointslices",
      slice(name, "kubernetes", { ports, endpoints: [{ addresses: [`10.0.0.${ports.length}`] }] }),
    );
  create("one", [{ name: "", port: 1001 }]);
  create("two", [
    { name: "other", port: 1002 },
    { name: "https", port: 1003 },
  ]);
  const discovery = await discover();
  await eventually(() =>
    expect(discovery.apiServer()).toMatchObject({ endpoints: [{ port: 1001 }, { port: 1003 }] }),
  );
});

it("follows pods that come, end and go, and an address that a headless Service does not have", async () => {
  const { store } = kubernetes.api;
  const become = (...endpoints: object[]) =>
    store.update("endpointslices", "dns-a", "kube-system", (old) => ({ ...old, endpoints }));
  store.create("endpointslices", slice("dns-a", "kube-dns", { ports: dnsPorts, endpoints: [] }));
  const discovery = await discover();
  await eventually(() => expect(discovery.dns()).toEqual({ state: "known", endpoints: [] }));
  become(pod("dns-1", "10.0.0.1"));
  store.create("services", service({ clusterIP: "10.96.0.10" }));
  await eventually(() =>
    expect(discovery.dns()).toMatchObject({ clusterIP: "10.96.0.10", endpoints: [{ state: "ready" }] }),
  );
  become(pod("dns-1", "10.0.0.1", { terminating: true }));
  await eventually(() => expect(discovery.dns()).toMatchObject({ endpoints: [{ state: "leaving" }] }));
  store.remove("endpointslices", "dns-a", "kube-system");
  store.update("services", "kube-dns", "kube-system", (old) => ({ ...old, spec: { clusterIP: "None" } }));
  await eventually(() => expect(discovery.dns()).toEqual({ state: "known", endpoints: [] }));
});

it("keeps its view while the API server is away", async () => {
  const { api } = kubernetes;
  const lines: string[] = [];
  api.store.create("services", service({ clusterIP: "10.96.0.10" }));
  const endpoints = [pod("dns-1", "10.0.0.1")];
  api.store.create("endpointslices", slice("dns-a", "kube-dns", { ports: dnsPorts, endpoints }));
  const discovery = await discover({}, { lines });
  await eventually(() => expect(discovery.dns()).toHaveProperty("clusterIP"));
  const before = discovery.dns();
  await api.stop();
  await eventually(() => expect(lines).toHaveLength(3));
  expect(discovery.dns()).toEqual(before);
});

it("says once what it is not permitted to watch and what follows, and goes on when it is", async () => {
  const { api } = kubernetes;
  api.forbid("endpointslices");
  api.store.create("services", service({ clusterIP: "10.96.0.10" }));
  const lines: string[] = [];
  const asked: string[] = [];
  // A refused collection is tried again after minutes.
  const discovery = await discover({}, { lines, asked, speed: 50 });
  const refused = { state: "unknown", error: expect.stringContaining("forbidden") };
  const attempts = () => asked.filter((path) => path.includes("/default/")).length;
  await eventually(() => expect(attempts()).toBeGreaterThan(1));
  await eventually(() => expect([discovery.dns(), discovery.apiServer()]).toEqual([refused, refused]));
  expect(lines.filter((line) => line.startsWith("not permitted")).sort()).toEqual([
    "not permitted to watch the API servers' addresses: none is checked by itself",
    "not permitted to watch the pods of DNS: none is asked by itself",
  ]);
  api.permit("endpointslices");
  await eventually(() => expect(discovery.dns()).toMatchObject({ clusterIP: "10.96.0.10" }));
});

it("asks for nothing but the slices of both Services and the one Service of DNS", async () => {
  const asked: string[] = [];
  const discovery = await discover({ KUBENURSE_DNS_SERVICE: "dns/coredns" }, { asked });
  await eventually(() => expect(asked.filter((path) => path.includes("watch=true"))).toHaveLength(3));
  expect(discovery.dns().state).toBe("known");
  const lists = asked.filter((path) => path.includes("limit=")).map(decodeURIComponent);
  expect(lists.sort()).toEqual([
    "/api/v1/namespaces/dns/services?fieldSelector=metadata.name=coredns&limit=500",
    "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name=kubernetes&limit=500",
    "/apis/discovery.k8s.io/v1/namespaces/dns/endpointslices?labelSelector=kubernetes.io/service-name=coredns&limit=500",
  ]);
});

it("asks for nothing where no check needs it", async () => {
  const asked: string[] = [];
  const off = { KUBENURSE_CHECK_DNS: "false", KUBENURSE_CHECK_API_SERVER_ENDPOINTS: "false" };
  const discovery = await discover(off, { asked });
  expect(asked).toEqual([]);
  expect([discovery.dns(), discovery.apiServer()]).toEqual([{ state: "unknown" }, { state: "unknown" }]);
});
