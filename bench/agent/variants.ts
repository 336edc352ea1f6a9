/** What an agent has that another of the same run has not. */
export interface Variant {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Absent means those of the bundle. */
  readonly nodeOptions?: readonly string[];
  /** The source tree that it is built from; absent means this one. */
  readonly tree?: string;
}

const off = {
  dns: { KUBENURSE_CHECK_DNS: "false" },
  udp: { KUBENURSE_CHECK_UDP: "false" },
  payload: { KUBENURSE_CHECK_PAYLOAD: "false" },
  "node addresses": { KUBENURSE_CHECK_NODE_ADDRESS: "false" },
  "API server endpoints": { KUBENURSE_CHECK_API_SERVER_ENDPOINTS: "false" },
  "Service endpoints": { KUBENURSE_CHECK_SERVICE_ENDPOINTS: "false" },
  "kept connections": { KUBENURSE_CHECK_KEPT_CONNECTIONS: "false" },
  rotation: { KUBENURSE_PAIRS_PER_SECOND: "0" },
};

export const everyProbe: Variant = { name: "every probe", environment: {} };

export const always: readonly Variant[] = [
  everyProbe,
  { name: "every probe, lean", environment: { KUBENURSE_METRICS_DETAIL: "lean" } },
  { name: "only the six checks", environment: Object.assign({}, ...Object.values(off)) },
];

/** The same in another state of the source. */
export const builtFrom = (tree: string): Variant => ({ name: `every probe, ${tree}`, environment: {}, tree });

/** Each probe's cost is what its absence saves. */
export const byKind: readonly Variant[] = Object.entries(off).map(([kind, environment]) => ({
  name: `without ${kind}`,
  environment,
}));

/** Of words such as `KUBENURSE_CHECK_UDP=false --max-lazy`, of which the options stand in place of the bundle's. */
export function parseVariant(words: string): Variant {
  const given = words.split(" ").filter((word) => word !== "");
  const nodeOptions = given.filter((word) => word.startsWith("--"));
  const pairs = given.filter((word) => !word.startsWith("--")).map((word) => word.split("="));
  const environment = Object.fromEntries(pairs.map(([name = "", ...value]) => [name, value.join("=")]));
  return { name: words, environment, ...(nodeOptions.length === 0 ? {} : { nodeOptions }) };
}
