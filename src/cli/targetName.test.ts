import { expect, test } from "vitest";
import type { Target } from "../diagnosis/report.ts";
import { checkName } from "./targetName.ts";

test.each<[Target, string]>([
  [{ kind: "node", node: "node-3" }, "http to node-3"],
  [{ kind: "dns_pod", pod: "coredns-x", transport: "udp" }, "dns of coredns-x over udp"],
  [{ kind: "dns_service", transport: "tcp" }, "dns by its Service over tcp"],
  [{ kind: "dns_resolver", resolver: 1, transport: "udp" }, "dns by resolver 1 over udp"],
  [{ kind: "dns_external" }, "dns of an external name"],
  [{ kind: "lookup", name: "internal" }, "lookup internal"],
  [{ kind: "service", via: "kept" }, "service, kept connection"],
  [{ kind: "service", via: "address" }, "service, each endpoint"],
  [{ kind: "api_server", via: "name" }, "api server by name"],
  [{ kind: "api_server", via: "endpoint", endpoint: 2 }, "api server 2"],
  [{ kind: "ingress" }, "ingress"],
  [{ kind: "extra", name: "shop" }, "check shop"],
])("%j is %s", (target, name) => {
  expect(checkName({ probe: target.kind === "node" ? "http" : "dns", target })).toBe(name);
});
