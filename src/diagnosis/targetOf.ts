import { rotationSort } from "../checks/rotatingChecks.ts";
import type { Subject } from "../results/results.ts";
import { selfType } from "../results/selfWatch.ts";
import type { Target, Transport } from "./report.ts";

/** The names of the user's checks that a report can carry: any text without control and format characters. */
export const checkName = /^\P{C}{1,253}$/u;

/** What a check tests; absent where that changes from one attempt to the next, as in the rotation, or has no name for a report. */
export function targetOf({ type, target, sort, node }: Subject): Target | undefined {
  switch (sort) {
    case rotationSort:
      return undefined;
    case "path":
      return { kind: "node", node: type.slice("path_".length) };
    case "neighbours":
      return { kind: "node", node: target };
    case "api_server_endpoint":
      return { kind: "api_server", via: "endpoint", endpoint: Number(type.slice(sort.length + 1)) };
  }
  const [, server, transport] = dnsSort.exec(sort) ?? [];
  if (server !== undefined) return dnsTarget(server, transport as Transport, type, node);
  return fixedTargets.get(type) ?? (checkName.test(type) ? { kind: "extra", name: type } : undefined);
}

const fixedTargets: ReadonlyMap<string, Target> = new Map<string, Target>([
  ["me_ingress", { kind: "ingress" }],
  ["me_service", { kind: "service", via: "new" }],
  ["me_service_kept", { kind: "service", via: "kept" }],
  ["me_service_address", { kind: "service", via: "address" }],
  ["api_server_direct", { kind: "api_server", via: "address" }],
  ["api_server_dns", { kind: "api_server", via: "name" }],
  ["api_server_kept", { kind: "api_server", via: "kept" }],
  ["dns_external_udp", { kind: "dns_external" }],
  ["lookup_internal", { kind: "lookup", name: "internal" }],
  ["lookup_internal_absolute", { kind: "lookup", name: "internal_absolute" }],
  ["lookup_external", { kind: "lookup", name: "external" }],
  [selfType, { kind: "self" }],
]);

const dnsSort = /^dns_(resolver|service|pod)_(udp|tcp|kept_port)$/;

function dnsTarget(server: string, transport: Transport, type: string, node: string | undefined): Target {
  if (server === "service") return { kind: "dns_service", transport };
  const which = type.slice(`dns_${server}_`.length, -`_${transport}`.length);
  if (server === "resolver") return { kind: "dns_resolver", resolver: Number(which), transport };
  return { kind: "dns_pod", pod: which, ...(node === undefined ? {} : { node }), transport };
}
