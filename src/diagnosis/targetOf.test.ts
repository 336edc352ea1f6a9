import { expect, it, test } from "vitest";
import { runEveryCheck } from "../../test/peers/everyCheck.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { rotationSort } from "../checks/rotatingChecks.ts";
import { selfType } from "../results/selfWatch.ts";
import { createResults } from "../results/store.ts";
import { readTarget } from "./readTarget.ts";
import { targetOf } from "./targetOf.ts";

const results = createResults(simulatedClock());
runEveryCheck(results);
const targets = new Map([...results.subjects()].map((subject) => [subject.type, targetOf(subject)]));

it.each([
  ["path_node-3", { kind: "node", node: "node-3" }],
  ["udp_node-3", { kind: "node", node: "node-3" }],
  ["payload_node-3", { kind: "node", node: "node-3" }],
  ["tcp_node-3", { kind: "node", node: "node-3" }],
  ["dns_resolver_1_udp", { kind: "dns_resolver", resolver: 1, transport: "udp" }],
  ["dns_service_tcp", { kind: "dns_service", transport: "tcp" }],
  ["dns_service_kept_port", { kind: "dns_service", transport: "kept_port" }],
  ["dns_pod_coredns-1_tcp", { kind: "dns_pod", pod: "coredns-1", transport: "tcp" }],
  ["dns_external_udp", { kind: "dns_external" }],
  ["lookup_internal_absolute", { kind: "lookup", name: "internal_absolute" }],
  ["api_server_direct", { kind: "api_server", via: "address" }],
  ["api_server_dns", { kind: "api_server", via: "name" }],
  ["api_server_kept", { kind: "api_server", via: "kept" }],
  ["api_server_endpoint_1", { kind: "api_server", via: "endpoint", endpoint: 1 }],
  ["me_ingress", { kind: "ingress" }],
  ["me_service", { kind: "service", via: "new" }],
  ["me_service_kept", { kind: "service", via: "kept" }],
  ["me_service_address", { kind: "service", via: "address" }],
  [selfType, { kind: "self" }],
])("%s is %j", (type, target) => {
  expect(targets.get(type)).toEqual(target);
});

test("every check but the rotation's has a target that a report can carry, and none is taken for the user's own", () => {
  for (const [type, target] of targets) {
    if (type.startsWith(rotationSort)) expect(target).toBeUndefined();
    else expect(readTarget(target)).not.toMatchObject({ kind: "extra" });
  }
  expect(targets.size).toBeGreaterThan(60);
});

const subject = { probe: "http", target: "x", sort: "x", compatible: true } as const;

test("a DNS pod's target says where it runs", () => {
  const dns = { probe: "dns", target: "", compatible: false, sort: "dns_pod_udp", node: "node-a" } as const;
  const target = { kind: "dns_pod", pod: "kept_port_udp", node: "node-a", transport: "udp" };
  expect(targetOf({ ...dns, type: "dns_pod_kept_port_udp_udp" })).toEqual(target);
});

test("a check of the user's own has its name, unless no report can carry it", () => {
  expect(targetOf({ ...subject, type: "my shop" })).toEqual({ kind: "extra", name: "my shop" });
  expect(targetOf({ ...subject, type: "constructor" })).toEqual({ kind: "extra", name: "constructor" });
  expect(targetOf({ ...subject, type: "line\nbreak" })).toBeUndefined();
  expect(targetOf({ ...subject, type: "x".repeat(254) })).toBeUndefined();
});
