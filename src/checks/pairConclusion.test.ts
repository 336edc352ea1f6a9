import { expect, it } from "vitest";
import { conclude } from "./pairConclusion.ts";
import type { Retries } from "./pairRetries.ts";

const failed = "connect_timeout";
const nothing: Retries = {
  new_port: failed,
  node_address: "unknown",
  third_party: "unknown",
  reverse: "unknown",
};

it.each<[Partial<Retries>, string]>([
  [{ new_port: "ok", third_party: failed }, "one-off: a new connection succeeded at once"],
  [{}, "b does not answer a; nobody else could be asked"],
  [{ third_party: failed }, "b answers nobody"],
  [{ third_party: failed, node_address: failed }, "b answers nobody"],
  [
    { third_party: failed, node_address: "ok" },
    "b answers nobody over the pod network, though its node is reached",
  ],
  [{ third_party: "ok" }, "only a → b; others reach b"],
  [{ third_party: "ok", reverse: failed }, "a and b, both ways; others reach b"],
  [
    { third_party: "ok", reverse: "ok", node_address: "ok" },
    "only a → b, over the pod network, not by node address; others reach b",
  ],
  [
    { third_party: "ok", reverse: failed, node_address: failed },
    "a and b, both ways, by node address too; others reach b",
  ],
])("concludes from %j: %s", (said, conclusion) => {
  expect(conclude("a", "b", { ...nothing, ...said })).toBe(conclusion);
});
