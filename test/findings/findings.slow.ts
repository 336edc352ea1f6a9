import { eachIsNamed, plannedChangeOpensNothing } from "./trials.ts";

plannedChangeOpensNothing();
eachIsNamed([
  ["a dead DNS pod", { kind: "dead-dns", replica: 1 }, ["dns coredns-1: dns_pod_dead"]],
  [
    "a way that is cut",
    { kind: "black-hole", from: "node-1", to: "node-2" },
    ["pair node-1 → node-2: pair_cut"],
  ],
  [
    "a way on which large packets get lost",
    { kind: "mtu", on: { from: "any", to: "node-2" }, only: "overlay" },
    ["node node-2: mtu_black_hole_in"],
  ],
]);
