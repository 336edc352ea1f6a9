import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Peer } from "../discovery/peer.ts";
import { chooseNeighbours, nodeHash } from "./ring.ts";

function peerOn(nodeName: string, podName = `nurse-${nodeName}`, settledAt = 0): Peer {
  return { podName, podIP: "10.0.0.1", hostIP: "192.168.0.1", nodeName, settledAt };
}

const shortNames = (peers: readonly Peer[]) =>
  peers.map((peer) => Number(peer.nodeName.slice("node-".length)));

describe("nodeHash", () => {
  it.each([
    ["node-1", 3861585884071264842n],
    ["node-2", 1691653199610663414n],
    ["node-3", 12127347767512244844n],
    ["node-4", 11224726940652297906n],
    ["node-5", 12305465653765697438n],
    ["node-6", 7749781627286643791n],
    ["", 16406829232824261652n],
    ["a1-k8s-abcd000.domain.tld", 150206357521015026n],
  ])("gives %j the place that every kubenurse gives it", (name, hash) => {
    expect(nodeHash(name)).toBe(hash);
  });
});

describe("chooseNeighbours", () => {
  it.each([
    [1, [6, 4, 3]],
    [2, [1, 6, 4]],
    [3, [5, 2, 1]],
    [4, [3, 5, 2]],
    [5, [2, 1, 6]],
    [6, [4, 3, 5]],
  ])("chooses the three next ones after node-%i", (own, expected) => {
    const others = [1, 2, 3, 4, 5, 6].filter((n) => n !== own).map((n) => peerOn(`node-${n}`));
    expect(shortNames(chooseNeighbours(others, `node-${own}`, 3))).toEqual(expected);
  });

  it("has every node of 300 checked by exactly 10 others", () => {
    const all = Array.from({ length: 300 }, (_, n) => peerOn(`node-${n}`));
    const observers = new Map<string, number>();
    for (const own of all) {
      const others = all.filter((peer) => peer !== own);
      for (const { nodeName } of chooseNeighbours(others, own.nodeName, 10)) {
        observers.set(nodeName, (observers.get(nodeName) ?? 0) + 1);
      }
    }
    expect(observers.size).toBe(300);
    expect(new Set(observers.values())).toEqual(new Set([10]));
  });

  it("chooses all where the limit is 0 or negative", () => {
    const others = [2, 3, 4].map((n) => peerOn(`node-${n}`));
    expect(chooseNeighbours(others, "node-1", 0)).toHaveLength(3);
    expect(chooseNeighbours(others, "node-1", -1)).toHaveLength(3);
  });

  it("counts a node with two agents once and takes the newer one", () => {
    const others = [
      peerOn("node-6", "new", 20),
      peerOn("node-6", "old", 10),
      peerOn("node-4"),
      peerOn("node-3"),
    ];
    const chosen = chooseNeighbours(others, "node-1", 3);
    expect(shortNames(chosen)).toEqual([6, 4, 3]);
    expect(chosen[0]?.podName).toBe("new");
  });

  it("does not depend on the order of the pods", () => {
    const others = Array.from({ length: 30 }, (_, n) => peerOn(`node-${n + 1}`));
    const expected = chooseNeighbours(others, "node-0", 10);
    fc.assert(
      fc.property(fc.shuffledSubarray(others, { minLength: others.length }), (shuffled) => {
        expect(chooseNeighbours(shuffled, "node-0", 10)).toEqual(expected);
      }),
    );
  });
});
