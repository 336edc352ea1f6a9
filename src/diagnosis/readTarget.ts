import { count, name, object, oneOf, type Read, text } from "./readValue.ts";
import type { Target } from "./report.ts";
import { checkName } from "./targetOf.ts";

/**
 * Reads a target that anybody may have sent.
 * @throws TypeError where it is none.
 */
export function readTarget(value: unknown): Target {
  return byKind[readKind(value).kind](value);
}

const transport = oneOf(["udp", "tcp", "kept_port"]);
/** Of resolvers and API servers. */
const place = count(100);

const byKind: { readonly [kind in Target["kind"]]: Read<Extract<Target, { kind: kind }>> } = {
  node: object({ kind: oneOf(["node"]), node: name }, {}),
  dns_pod: object({ kind: oneOf(["dns_pod"]), pod: name, transport }, { node: name }),
  dns_service: object({ kind: oneOf(["dns_service"]), transport }, {}),
  dns_resolver: object({ kind: oneOf(["dns_resolver"]), resolver: place, transport }, {}),
  dns_external: object({ kind: oneOf(["dns_external"]) }, {}),
  lookup: object({ kind: oneOf(["lookup"]), name: oneOf(["internal", "internal_absolute", "external"]) }, {}),
  service: object({ kind: oneOf(["service"]), via: oneOf(["new", "kept", "address"]) }, {}),
  ingress: object({ kind: oneOf(["ingress"]) }, {}),
  api_server: object(
    { kind: oneOf(["api_server"]), via: oneOf(["address", "name", "kept", "endpoint"]) },
    { endpoint: place },
  ),
  self: object({ kind: oneOf(["self"]) }, {}),
  extra: object({ kind: oneOf(["extra"]), name: text(checkName) }, {}),
};

const kinds = Object.keys(byKind) as Target["kind"][];
const readKind = object<{ readonly kind: Target["kind"] }>({ kind: oneOf(kinds) }, {});
