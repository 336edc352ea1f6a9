import { readFileSync, writeFileSync } from "node:fs";
import { isCollection, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { settingsJsonSchema } from "../src/config/settings.ts";

type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

const chart = new URL("../chart/", import.meta.url);
export const schemaFile = new URL("values.schema.json", chart);

/**
 * The JSON schema of the chart's values. A value that is a variable of the agent has the schema of that variable; any
 * other has the form of its default in values.yaml. A comment above it there describes it. Draft 7 is what every Helm 3 and 4 reads.
 */
export function chartSchema(): Schema {
  const { contents } = parseDocument(readFileSync(new URL("values.yaml", chart), "utf8"));
  if (!isMap(contents)) throw new Error("chart/values.yaml is no map");
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Values of the chart kubenurse",
    ...formOf(contents, "", ofDependency),
  };
}

/** The agent's variable that a top-level value becomes, if that is one. */
export function variableOf(value: string): string {
  return value.startsWith("kubernetes_") ? value.toUpperCase() : `KUBENURSE_${value.toUpperCase()}`;
}

/** What Helm and a parent chart set where the chart is that one's dependency. */
const ofDependency: Properties = {
  global: { type: "object" },
  enabled: { description: "For the `condition` of a parent chart's dependency.", type: "boolean" },
};

/** What a map may hold, and what must be left in it: null removes a value, and the templates look into maps. */
function formOf(map: YAMLMap, parent: string, more: Properties = {}): Schema {
  const properties = propertiesOf(map, parent);
  const required = Object.keys(properties).filter((key) => isNeeded(`${parent}${key}`, properties[key]));
  return {
    type: "object",
    additionalProperties: false,
    properties: { ...more, ...properties },
    ...(required.length > 0 && { required }),
  };
}

function isNeeded(path: string, schema: Schema = {}): boolean {
  return needed.includes(path) || ("properties" in schema && path !== "daemonset.rollingUpdate");
}

/** Single values without which objects are broken. */
const needed = [
  "daemonset.image.repository",
  "discovery.mode",
  "service.name",
  "service.port",
  "ingress.scheme",
  "httpRoute.scheme",
];

function propertiesOf(map: YAMLMap, parent: string): Properties {
  const entries = map.items.map((pair, index) => {
    const path = `${parent}${keyOf(pair)}`;
    // A map has a form of its own, be it called as a variable is.
    const isSetting = parent === "" && !isMap(pair.value);
    const setting = isSetting ? settingSchemas[variableOf(path)] : undefined;
    const known = setting ?? special[path] ?? schemaOf(pair.value, path);
    const { description: meaning, ...schema } = { ...known, ...special[path] };
    // YAML's parser gives the comment of the first key to the map.
    const comment = commentOf(pair) ?? (index === 0 ? map.commentBefore : undefined);
    const description = comment?.replaceAll(/\s*\n\s*/g, " ").trim() ?? meaning;
    return [keyOf(pair), description === undefined ? schema : { description, ...schema }];
  });
  return Object.fromEntries(entries);
}

const keyOf = ({ key }: Pair) => (isScalar(key) ? String(key.value) : "");
const commentOf = ({ key }: Pair) => (isScalar(key) ? key.commentBefore : undefined);

const { properties: variables } = settingsJsonSchema() as { properties: Record<string, VariableSchema> };

interface VariableSchema extends Schema {
  readonly default: string;
}

/** What a value may be, where YAML has better ways than text to say it. */
const settingSchemas: Readonly<Record<string, Schema | undefined>> = Object.fromEntries(
  Object.entries(variables).map(([name, { type, default: fallback, ...schema }]) => {
    if (["true", "false"].includes(fallback)) {
      return [name, { ...schema, enum: [true, false, "true", "false"] }];
    }
    return [name, { ...schema, type: /^\d+$/.test(fallback) ? ["integer", type] : type }];
  }),
);

function schemaOf(value: unknown, path: string): Schema {
  if (/(abels|nnotations|nodeSelector)$/.test(path))
    return { type: "object", additionalProperties: { type: "string" } };
  if (isMap(value) && value.items.length > 0 && !/(Context|[rR]esources|Probe)$/.test(path))
    return formOf(value, `${path}.`);
  if (isMap(value)) return { type: "object" };
  if (isCollection(value)) return { type: "array", items: { type: "object" } };
  const { value: fallback } = isScalar(value) ? value : { value };
  return { type: typeof fallback === "number" ? "integer" : typeof fallback };
}

const countOrShare: Schema = { type: ["integer", "string"], pattern: "^([0-9]+%?)?$" };
const scheme: Schema = { enum: ["https", "http"] };
const port: Schema = { type: "integer", minimum: 1, maximum: 65535 };
const urlOrNothing: Schema = { type: "string", pattern: "^(https?://[^\\s#]+)?$" };
const duration: Schema = { type: "string", pattern: "^([0-9]+(ms|s|m|h))*$" };

/** Values that may be more or less than what the form of their default says. */
const special: Readonly<Record<string, Schema>> = {
  "daemonset.containerImagePullPolicy": { enum: ["IfNotPresent", "Always", "Never"] },
  "daemonset.updateStrategy": { enum: ["RollingUpdate", "OnDelete"] },
  "daemonset.rollingUpdate.maxUnavailable": countOrShare,
  "daemonset.rollingUpdate.maxSurge": countOrShare,
  "discovery.mode": { enum: ["endpointslices", "pods"] },
  "service.port": port,
  "service.ipFamilyPolicy": { enum: ["", "SingleStack", "PreferDualStack", "RequireDualStack"] },
  "service.ipFamilies": { type: "array", items: { enum: ["IPv4", "IPv6"] }, maxItems: 2 },
  "ingress.scheme": scheme,
  "httpRoute.scheme": scheme,
  "httpRoute.hostnames": { type: "array", items: { type: "string" } },
  "serviceMonitor.interval": duration,
  "serviceMonitor.scrapeTimeout": duration,
  "podMonitor.interval": duration,
  "podMonitor.scrapeTimeout": duration,
  "prometheusRule.runbookBaseUrl": urlOrNothing,
  "networkPolicy.dnsPorts": { type: "array", items: port },
  "networkPolicy.outsidePorts": { type: "array", items: port },
  pairs_per_second: { type: ["number", "string"] },
  /** The file's content, where the variable is its path. */
  config: { type: "object" },
  extraObjects: { type: "array", items: { type: ["object", "string"] } },
};

if (import.meta.main) writeFileSync(schemaFile, JSON.stringify(chartSchema()));
