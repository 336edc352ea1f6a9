import { expect, it } from "vitest";
import type { Peer } from "../discovery/peer.ts";
import type { Leader } from "./leader.ts";
import { leadershipOf } from "./leadershipOf.ts";

const peers: Peer[] = [
  { podName: "nurse-b", podIP: "fd00::2", hostIP: "", nodeName: "b", settledAt: 0 },
  { podName: "nurse-c", podIP: "10.0.0.3", hostIP: "", nodeName: "c", settledAt: 0 },
];
const held = (holder: string, address?: string): Leader => ({
  ...{ state: "other", holder, ...(address && { address }) },
});

it.each([
  [{ state: "self" }, "self"],
  [{ state: "caretaker" }, "self"],
  [{ state: "none" }, "none"],
  [{ state: "refused" }, "alone"],
  [held("nurse-b"), "http://[fd00::2]:8080/"],
  [held("nurse-c", "192.0.2.1:9000"), "http://10.0.0.3:8080/"],
  [held("analyse-1", "192.0.2.1:9000"), "http://192.0.2.1:9000/"],
  [held("analyse-1", "[fd00::9]:8080"), "http://[fd00::9]:8080/"],
  [held("analyse-1"), "none"],
  [held("analyse-1", "no address"), "none"],
  [held("analyse-1", "user@192.0.2.1:9000/path?"), "none"],
] as const)("%j is %s", (leader, expected) => {
  const leadership = leadershipOf(leader, peers);
  expect(leadership.state === "peer" ? leadership.url.href : leadership.state).toBe(expected);
});
