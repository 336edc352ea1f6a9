import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { V1DaemonSet, V1PolicyRule, V1Role, V1RoleBinding } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/loadConfig.ts";
import { startLeadership } from "../../src/diagnosis/leadership.ts";
import { createNodeConditions } from "../../src/diagnosis/nodeCondition.ts";
import { createNodeEvents } from "../../src/diagnosis/nodeEvents.ts";
import { createOutageStore } from "../../src/diagnosis/outageStore.ts";
import { ApiError, connectToKubernetes, type KubernetesConnection } from "../../src/discovery/connection.ts";
import { startDiscovery } from "../../src/discovery/discovery.ts";
import { startServiceDiscovery } from "../../src/discovery/services.ts";
import type { Edges } from "../../src/edges.ts";
import { fastClock, testEdges } from "../peers/edges.ts";
import { eventually } from "../peers/eventually.ts";
import { finding } from "../peers/handMadeDiagnosis.ts";
import { nodeObject, startKubernetes } from "../peers/kubernetes.ts";
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

/** Agents, nodes, DNS pods, the Service of DNS, API servers, the leader's Lease. */
const collections = 6;

/** What an agent with this environment asks a permissive API server for, until it has watched each collection and led the others for a while. */
async function accessesOf(environment: Record<string, string>): Promise<Access[]> {
  await using kubernetes = await startKubernetes();
  const { serviceAccountDirectory, api } = kubernetes;
  const { config } = loadConfig({ ...environment, ...kubernetes.environment });
  const edges = testEdges({ clock: fastClock(10), serviceAccountDirectory });
  const { get, send } = await connectToKubernetes(config, serviceAccountDirectory);
  api.store.create("nodes", nodeObject("node-3"));
  const asked: Access[] = [];
  const connection: KubernetesConnection = {
    get(path, signal) {
      asked.push(accessOf(path));
      return get(path, signal);
    },
    async send(change, signal) {
      const access = accessOf(change.path, verbs[change.method]);
      const isFirst = !asked.some(
        ({ verb, resource }) => verb === access.verb && resource === access.resource,
      );
      asked.push(access);
      // As where another agent was faster.
      if (isFirst && access.verb === "update") throw new ApiError(409, "changed meanwhile");
      return send(change, signal);
    },
  };
  const ending = new AbortController();
  try {
    startDiscovery(config, edges, connection, () => {}, ending.signal);
    startServiceDiscovery(config, edges, connection, () => {}, ending.signal);
    await lead(config, edges, connection, asked);
    await eventually(() => expect(asked.filter(({ verb }) => verb === "watch")).toHaveLength(collections));
  } finally {
    ending.abort();
  }
  return asked;
}

/** Does once each of what a leader does. */
async function lead(
  config: Config,
  edges: Edges,
  connection: KubernetesConnection,
  asked: readonly Access[],
) {
  const { namespace, diagnosis } = config;
  const shared = { connection, edges, leads: () => true };
  const leadership = startLeadership({
    ...{ candidate: { identity: "agent" }, namespace, connection, edges },
    ...{ rank: () => 0, onChange: () => {} },
  });
  const outages = createOutageStore({ ...shared, namespace });
  const events = createNodeEvents(shared);
  const conditions = createNodeConditions(shared);
  await outages.load(new AbortController().signal);
  for (const id of ["first", "second", "third"]) {
    outages.keep({ open: [finding({ id })], closed: [] });
    await outages.stop();
  }
  if (diagnosis.events) events.tell([finding()]);
  if (diagnosis.nodeCondition) conditions.tell([finding()]);
  await Promise.all([events.idle(), conditions.idle()]);
  await eventually(() => {
    expect(asked.filter(({ verb, resource }) => verb === "update" && resource === "leases")).toHaveLength(3);
  });
  await leadership.stop();
}

const verbs = { POST: "create", PUT: "update", PATCH: "patch" } as const;

function accessOf(path: string, given?: string): Access {
  const { pathname, searchParams } = new URL(path, "https://api");
  const form =
    /^\/(?:api\/v1|apis\/([^/]+)\/v1)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+)(\/status)?)?$/;
  const [, group = "", namespace = "", plural = "", object = "", status = ""] = form.exec(pathname) ?? [];
  const resource = `${plural}${status}`;
  const verb = given ?? (object !== "" ? "get" : searchParams.has("watch") ? "watch" : "list");
  // Kubernetes takes the name that is permitted from the field selector.
  const selected = /^metadata\.name=(.+)$/.exec(searchParams.get("fieldSelector") ?? "")?.[1] ?? "";
  return { verb, group, resource, namespace, name: object || selected };
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

test.each(["defaults", "pods-mode", "layers", "analyse"])(
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
