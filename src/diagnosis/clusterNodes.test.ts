import { expect, test } from "vitest";
import { finding } from "../../test/peers/handMadeDiagnosis.ts";
import type { Peer } from "../discovery/peer.ts";
import { clusterNodes } from "./clusterNodes.ts";

const now = 1_000;
const peer = (nodeName: string, more: Partial<Peer> = {}): Peer => ({
  ...{ nodeName, podName: `nurse-${nodeName}`, podIP: "10.0.0.1", hostIP: "", settledAt: 0, ...more },
});
const own = { name: "own", zone: "a", schedulable: true };

test("nothing is known before the first list", () => {
  expect(clusterNodes({ state: "unknown" }, own, [], now)).toBeUndefined();
});

test("a node is planned to be away while its agent is young, and the own one while it is cordoned", () => {
  const peers = [peer("node-1", { zone: "b" }), peer("node-2", { settledAt: now + 5 })];
  expect(clusterNodes({ state: "fresh", peers }, { ...own, schedulable: false }, [], now)).toEqual([
    { name: "node-1", zone: "b", state: "settled" },
    { name: "node-2", state: "planned" },
    { name: "own", zone: "a", state: "planned" },
  ]);
});

test("of two pods on a node, as in a rollout, the settled one counts", () => {
  const peers = [peer("node-1"), peer("node-1", { settledAt: now + 5 })];
  expect(clusterNodes({ state: "fresh", peers }, undefined, [], now)).toEqual([
    { name: "node-1", state: "settled" },
  ]);
});

test("an unready node is planned to be away, unless it was accused before", () => {
  const unready = [peer("node-2"), peer("node-3")];
  expect(clusterNodes({ state: "fresh", peers: [], unready }, undefined, [finding()], now)).toEqual([
    { name: "node-2", state: "planned" },
    { name: "node-3", state: "settled" },
  ]);
});
