import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1DaemonSet, V1PolicyRule, V1Role, V1RoleBinding } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { loadConfig } from "../../src/config/loadConfig.ts";
import { connectToKubernetes, type KubernetesConnection } from "../../src/discovery/connection.ts";
import { startDiscovery } from "../../src/discovery/discovery.ts";
import { startServiceDiscovery } from "../../src/discovery/services.ts";
import { testEdges } from "../peers/edges.ts";
import { eventually } from "../peers/eventually.ts";
import { startKubernetes } from "../peers/kubernetes.ts";
import { agentEnvironment } from "./agentEnvironment.ts";
import { ciValues } from "./ciValues.ts";
import { type Rendered, render } from "./helm.ts";

/** One request of an agent, or what a rule permits. An empty namespace or name means all. */
interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Agents, nodes, DNS pods, the Service of DNS, API servers. */
const collections = 5;

/** What an agent with this environment asks a permissive API server for, until each collection is watched. */
async function accessesOf(environment: Record<string, string>): Promise<Access[]> {
  await using kubernetes = await startKubernetes();
  const { serviceAccountDirectory } = kubernetes;
  const { config } = loadConfig({ ...environment, ...kubernetes.environment });
  const edges = testEdges({ serviceAccountDirectory });
  const { get } = await connectToKubernetes(config, serviceAccountDirectory);
  const asked: Access[] = [];
  const connection: KubernetesConnection = {
    get(path, signal) {
      asked.push(accessOf(path));
      return get(path, signal);
    },
  };
  const ending = new AbortController();
  try {
    startDiscovery(config, edges, connection, () => {}, ending.signal);
    startServiceDiscovery(config, edges, connection, () => {}, ending.signal);
    await eventually(() => expect(asked.filter(({ verb }) => verb === "watch")).toHaveLength(collections));
  } finally {
    ending.abort();
  }
  return asked;
}

function accessOf(path: string): Access {
  const { pathname, searchParams } = new URL(path, "https://api");
  const form = /^\/(?:api\/v1|apis\/([^/]+)\/v1)(?:\/namespaces\/([^/]+))?\/([^/]+)$/;
  const [, group = "", namespace = "", resource = ""] = form.exec(pathname) ?? [];
  // Kubernetes takes the name that is permitted from the field selector.
  const name = /^metadata\.name=(.+)$/.exec(searchParams.get("fieldSelector") ?? "")?.[1] ?? "";
  return { verb: searchParams.has("watch") ? "watch" : "list", group, resource, namespace, name };
}

/** What the roles among `objects` permit the account they are bound to. */
function permissionsOf(objects: readonly Rendered[]): Access[] {
  const bindings = objects.filter(({ kind }) => kind.endsWith("Binding")) as unknown as V1RoleBinding[];
  return bindings.flatMap(({ metadata, roleRef: { kind, name } }) => {
    const role = objects.find((one) => one.kind === kind && one.metadata.name === name) as V1Role;
    if (kind === "Role") expect(role.metadata?.namespace).toBe(metadata?.namespace);
    return (role.rules ?? []).flatMap((rule) => permissionsOfRule(rule, metadata?.namespace ?? ""));
  });
}

function permissionsOfRule(
  { verbs, apiGroups = [], resources = [], resourceNames = [""] }: V1PolicyRule,
  namespace: string,
): Access[] {
  return verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => ({ verb, group, resource, namespace, name })),
      ),
    ),
  );
}

const permits = (rule: Access, { verb, group, resource, namespace, name }: Access) =>
  rule.verb === verb &&
  rule.group === group &&
  rule.resource === resource &&
  ["", namespace].includes(rule.namespace) &&
  ["", name].includes(rule.name);

test.each(["defaults", "pods-mode", "layers"])(
  "in %s-values.yaml the roles permit what agents ask for, and nothing else",
  async (name) => {
    const objects = await render(...ciValues(name));
    const daemonSet = objects.find(({ kind }) => kind === "DaemonSet") as V1DaemonSet;
    const asked = await accessesOf(agentEnvironment(daemonSet));
    const permitted = permissionsOf(objects);
    expect(asked.filter((access) => !permitted.some((rule) => permits(rule, access)))).toEqual([]);
    expect(permitted.filter((rule) => !asked.some((access) => permits(rule, access)))).toEqual([]);
  },
);

/** The built-in role `view`, as far as it matters here. */
const view: V1Role = {
  kind: "ClusterRole",
  metadata: { name: "view" },
  rules: [
    { apiGroups: [""], resources: ["pods", "services"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ],
};

test("the roles of manifests/base permit what agents ask for but nodes", async () => {
  const folder = "manifests/base";
  const files = readdirSync(folder).filter((file) => file !== "kustomization.yaml");
  const objects = files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).map((document): Rendered => document.toJS()),
  );
  const daemonSet = objects.find(({ kind }) => kind === "DaemonSet") as V1DaemonSet;
  const asked = await accessesOf(agentEnvironment(daemonSet));
  const permitted = permissionsOf([...objects, view as Rendered]);
  const refused = asked.filter((access) => !permitted.some((rule) => permits(rule, access)));
  expect(new Set(refused.map(({ resource }) => resource))).toEqual(new Set(["nodes"]));
});
