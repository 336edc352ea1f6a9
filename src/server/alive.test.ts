import { expect, test } from "vitest";
import type { PeerView } from "../discovery/peer.ts";
import { nodeHash } from "../mesh/ring.ts";
import type { Latest } from "../results/results.ts";
import { type AliveSources, lastCheckResult, remoteAddress } from "./alive.ts";
import { writeGoJson } from "./goJson.ts";

const peer = (nodeName: string) => ({
  podName: `pod-${nodeName}`,
  podIP: "10.0.0.1",
  hostIP: "192.0.2.1",
  nodeName,
  settledAt: 0,
});

const resultOf = (view: PeerView, changed: Partial<AliveSources> = {}) =>
  lastCheckResult({
    hostname: "this-agent",
    latest: () => new Map<string, Latest>(),
    view: () => view,
    neighbourhood: true,
    nodeHash,
    ...changed,
  });

test.each([
  ["10.0.0.1", "10.0.0.1:1234"],
  ["::ffff:10.0.0.1", "10.0.0.1:1234"],
  ["fd00::1", "[fd00::1]:1234"],
])("%s is shown as %s", (remoteAddress_, shown) => {
  expect(remoteAddress({ remoteAddress: remoteAddress_, remotePort: 1234 })).toBe(shown);
});

test("checks are said in words, in alphabetical order", () => {
  const latest = new Map<string, Latest>([
    ["path_a", { state: "failed", at: 0, detail: "404 Not Found" }],
    ["me_service", { state: "ok", at: 0, seconds: 1 }],
    ["me_ingress", { state: "skipped" }],
    ["api_server_dns", { state: "unable", at: 0 }],
    ["api_server_direct", { state: "discarded", at: 0, why: "self-stalled" }],
  ]);
  const result = resultOf({ state: "fresh", peers: [] }, { latest: () => latest });
  expect(Object.entries(result)).toEqual([
    ["api_server_direct", "no verdict: self-stalled"],
    ["api_server_dns", "error"],
    ["me_ingress", "skipped"],
    ["me_service", "ok"],
    ["neighbourhood", []],
    ["neighbourhood_state", "ok"],
    ["path_a", "404 Not Found"],
  ]);
});

test("neighbours are sorted by node, with their exact place on the ring", () => {
  const text = writeGoJson(resultOf({ state: "fresh", peers: [peer("node-b"), peer("node-a")] }));
  const hash = nodeHash("node-a");
  expect(hash).toBeGreaterThan(2n ** 53n);
  expect(text).toContain(
    [
      ' "neighbourhood": [',
      "  {",
      '   "PodName": "pod-node-a",',
      '   "PodIP": "10.0.0.1",',
      '   "HostIP": "192.0.2.1",',
      '   "NodeName": "node-a",',
      `   "NodeHash": ${hash}`,
      "  },",
      "  {",
      '   "PodName": "pod-node-b",',
    ].join("\n"),
  );
});

test("a view that was never there, and one that got old", () => {
  expect(resultOf({ state: "unknown", error: "connection refused" })).toEqual({
    neighbourhood_state: "list pods: connection refused",
  });
  expect(resultOf({ state: "stale", since: 1_700_000_000.5, error: "gone", peers: [] })).toEqual({
    neighbourhood: [],
    neighbourhood_state: "stale since 2023-11-14T22:13:20Z: gone",
  });
});

test("without the neighbourhood check there is no list", () => {
  expect(resultOf({ state: "fresh", peers: [peer("node-a")] }, { neighbourhood: false })).toEqual({
    neighbourhood_state: "skipped",
  });
});
