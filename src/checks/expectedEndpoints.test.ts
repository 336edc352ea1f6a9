import { describe, expect, it } from "vitest";
import type { OwnNode, Peer, PeerView } from "../discovery/peer.ts";
import { expectedEndpoints } from "./expectedEndpoints.ts";

const peer = (podName: string, more: Partial<Peer> = {}): Peer => ({
  ...{ podName, podIP: `10.0.0.${podName.length}`, hostIP: "", nodeName: podName, settledAt: 0, ready: true },
  ...more,
});

function expectedOf(view: PeerView, own: { ready?: boolean; zone?: string; address?: string } = {}) {
  const { ready = true, zone, address = "10.96.0.10" } = own;
  const ownNode: OwnNode = { name: "own", schedulable: true, ...(zone === undefined ? {} : { zone }) };
  const agents = { view: () => view, ownNode: () => ownNode, ready: () => ready };
  return expectedEndpoints(address, agents, { hostname: "own", localAddresses: () => ["10.0.0.99"] });
}

describe("the endpoints that a Service should lead to", () => {
  const view: PeerView = { state: "fresh", peers: [peer("a"), peer("bb", { ready: false }), peer("ccc")] };

  it("are the agents that are ready, the own one included", () => {
    expect(expectedOf(view).map(({ pod }) => pod)).toEqual(["own", "a", "ccc"]);
    expect(expectedOf(view, { ready: false }).map(({ pod }) => pod)).toEqual(["a", "ccc"]);
  });

  it("do not include one whose readiness is not known", () => {
    const { ready: _, ...unknown } = peer("a");
    expect(expectedOf({ state: "fresh", peers: [unknown] }).map(({ pod }) => pod)).toEqual(["own"]);
  });

  it("are near in the own zone, and where a zone is not known", () => {
    const peers = [peer("a", { zone: "here" }), peer("bb", { zone: "there" }), peer("ccc")];
    const near = (zone?: string) =>
      expectedOf({ state: "fresh", peers }, zone === undefined ? {} : { zone }).map((one) => one.near);
    expect(near("here")).toEqual([true, true, false, true]);
    expect(near()).toEqual([true, true, true, true]);
  });

  it("are none while the view is late or unknown", () => {
    expect(expectedOf({ state: "unknown" })).toEqual([]);
    expect(expectedOf({ ...view, state: "stale", since: 0, error: "gone" })).toEqual([]);
  });

  it("are none of a headless Service, whose address is a pod's", () => {
    expect(expectedOf(view, { address: "10.0.0.3" })).toEqual([]);
    expect(expectedOf(view, { address: "10.0.0.99" })).toEqual([]);
  });
});
