import { expect, test } from "vitest";
import { ownPlace } from "./ownPlace.ts";

const peer = { podName: "nurse-b", podIP: "10.0.0.2", hostIP: "", nodeName: "node-b", settledAt: 0 };
const own = { name: "node-a", zone: "zone-1", schedulable: true };

test("has its zone where those of peers are known, and none where its own alone is", () => {
  expect(ownPlace(own, [peer, { ...peer, zone: "zone-2" }])).toEqual({ nodeName: "node-a", zone: "zone-1" });
  expect(ownPlace(own, [peer])).toEqual({ nodeName: "node-a" });
});
