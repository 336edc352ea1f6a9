import { expect, test } from "vitest";
import type { Peer } from "../discovery/peer.ts";
import { nodeHash } from "../mesh/ring.ts";
import { rankAmong } from "./rank.ts";

const names = Array.from({ length: 20 }, (_, index) => `node-${index}`);
const peerOn = (nodeName: string): Peer => ({
  ...{ podName: `agent-${nodeName}`, podIP: "10.0.0.1", hostIP: "", nodeName, settledAt: 0 },
});

test("each agent has a place of its own, which all compute alike", () => {
  const ranks = names.map((own) => {
    const peers = names.filter((name) => name !== own).map(peerOn);
    // A rollout may show two pods of one node.
    return rankAmong({ state: "fresh", peers: [...peers, ...peers] }, own, nodeHash);
  });
  expect(ranks.toSorted((a, b) => a - b)).toEqual(names.map((_, index) => index));
});

test("before the others are known there is no place", () => {
  expect(rankAmong({ state: "unknown" }, "node-1", nodeHash)).toBe(Number.POSITIVE_INFINITY);
});
