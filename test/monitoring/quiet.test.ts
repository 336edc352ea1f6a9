import { describe, test } from "vitest";
import { has, testRules } from "./promtool.ts";
import { healthy, type Sample, type Story, timedOut } from "./story.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5", "n6"];
const lasts = 1800;

/** One after the other, a minute each, the agents of all nodes get a new pod. */
const turn = (node: string) => 300 + 60 * nodes.indexOf(node);
const schedulable = (value: number): Sample => ({ name: "kubenurse_node_schedulable", value });
const incoming = (value: number): Sample => ({ name: "kubenurse_neighbourhood_incoming_checks", value });
const peerOf = (type: string) => type.slice("path_".length);

const stories: Record<string, Omit<Story, "nodes" | "lasts">> = {
  "a rollout, with an agent that Prometheus no longer reaches before its pod is gone": {
    pod: (node, second) => (second > turn(node) ? 1 : 0),
    agent: (node, second) => (second === turn(node) ? "silent" : "up"),
    check: (_, type, second) =>
      type.startsWith("path_") && turn(peerOf(type)) === second ? "absent" : undefined,
    samples: (node, second) => (second === turn(node) + 30 ? [incoming(0)] : []),
  },
  "a node that is drained, restarted and put back": {
    check: (_, type, second) => (type === "path_n2" && second > 300 && second <= 1500 ? "absent" : undefined),
    samples: (node, second) =>
      node === "n2" && second > 300 && second <= 1500 ? [schedulable(0), incoming(0)] : [schedulable(1)],
    agent: (node, second) => (node === "n2" && second > 900 && second <= 1200 ? "silent" : "up"),
    process: (_, second) => (second > 1200 ? 1 : 0),
  },
  "a third of the nodes scaled in, drained before": {
    check: (_, type, second) =>
      ["path_n5", "path_n6"].includes(type) && second > 300 ? "absent" : undefined,
    samples: (node, second) =>
      ["n5", "n6"].includes(node) && second > 300 ? [schedulable(0), incoming(0)] : [schedulable(1)],
    agent: (node, second) =>
      !["n5", "n6"].includes(node) || second <= 600 ? "up" : second <= 660 ? "silent" : "gone",
  },
  "a third of the nodes reclaimed without a word, and gone from the API 30 s later": {
    check: (_, type, second) =>
      ["path_n5", "path_n6"].includes(type) && second === 330 ? timedOut : undefined,
    agent: (node, second) =>
      !["n5", "n6"].includes(node) || second <= 300 ? "up" : second <= 330 ? "silent" : "gone",
  },
  "one agent that crashes, and comes back in its pod": {
    agent: (node, second) => (node === "n2" && second === 330 ? "silent" : "up"),
    process: (node, second) => (node === "n2" && second > 300 ? 1 : 0),
    check: (_, type, second) =>
      type === "path_n2" && second === 330 ? { ok: 4, failed: { connect_done: 2 } } : undefined,
  },
  "an API server that restarts": {
    check: (_, type, second) =>
      type.startsWith("api_server") && [330, 360].includes(second) ? { ok: 0 } : undefined,
  },
  "a Prometheus that was away, and errors of which nobody knows when they happened": {
    prometheusRuns: (second) => second <= 300 || second > 840,
    check: (_, type, second) =>
      second > 330 && second <= 600 && ["path_n2", "me_service"].includes(type) ? timedOut : undefined,
  },
  "a check in fifty that fails somewhere": {
    check: (node, type, second) =>
      (Number(node.slice(1)) * 31 + type.length * 7 + second / 30) % 8 < 1
        ? { ok: 5, failed: { connect_done: 1 } }
        : healthy,
  },
};

describe.skipIf(!has("promtool"))("no alert fires", { timeout: 60_000 }, () => {
  test.for(Object.entries(stories))("for %s", async ([, story]) => {
    await testRules({ nodes, lasts, ...story }, [{ by: lasts, fired: [] }]);
  });
});
