import { describe, test } from "vitest";
import { has, testRules } from "./promtool.ts";
import { healthy, type Sample, type Story, timedOut } from "./story.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5", "n6"];

/** One after the other, a minute each, the agents of all nodes get a new pod. */
const turn = (node: string) => 300 + 60 * nodes.indexOf(node);
const schedulable = (value: number): Sample => ({ name: "kubenurse_node_schedulable", value });
const incoming = (value: number): Sample => ({ name: "kubenurse_neighbourhood_incoming_checks", value });
const peerOf = (type: string) => type.slice("path_".length);

/** Half an hour of six nodes, where it says nothing else. */
type QuietStory = Partial<Story>;

/** A node is cordoned, its agent off for a while, and put back five minutes later. */
function drained(off: number, more: QuietStory): QuietStory {
  const back = 900 + off + 300;
  return {
    lasts: back + 300,
    check: (_, type, second) => (type === "path_n2" && second > 300 && second <= back ? "absent" : undefined),
    samples: (node, second) =>
      node === "n2" && second > 300 && second <= back ? [schedulable(0), incoming(0)] : [schedulable(1)],
    agent: (node, second) => (node === "n2" && second > 900 && second <= 900 + off ? "silent" : "up"),
    ...more,
  };
}

/** A third of the nodes is to be left from second 300 on, ends at `end`, and leaves the API at `gone`. */
function scaledIn(end: number, gone: number): QuietStory {
  const leaves = (node: string) => ["n5", "n6"].includes(node);
  return {
    check: (_, type, second) => (leaves(type.replace("path_", "")) && second > 300 ? "absent" : undefined),
    samples: (node, second) =>
      leaves(node) && second > 300 ? [schedulable(0), incoming(0)] : [schedulable(1)],
    agent: (node, second) => (!leaves(node) || second <= end ? "up" : second <= gone ? "silent" : "gone"),
  };
}

/** Ten seconds without the ingress: two attempts of each node, before or after a scrape, or one on each side. */
function ingressBlip(nodes: readonly string[]): QuietStory {
  return {
    nodes,
    check(node, type, second) {
      if (type !== "me_ingress") return undefined;
      const failures = { 330: [2, 1, 0], 360: [0, 1, 2] }[second]?.[Number(node.slice(1)) % 3] ?? 0;
      return { ok: 6 - failures, ...(failures > 0 && { failed: { status_code_502: failures } }) };
    },
  };
}

const stories: Record<string, QuietStory> = {
  "a rollout, with an agent that Prometheus no longer reaches before its pod is gone": {
    pod: (node, second) => (second > turn(node) ? 1 : 0),
    agent: (node, second) => (second === turn(node) ? "silent" : "up"),
    check: (_, type, second) =>
      type.startsWith("path_") && turn(peerOf(type)) === second ? "absent" : undefined,
    samples: (node, second) => (second === turn(node) + 30 ? [incoming(0)] : []),
  },
  "a node that is drained, restarted and put back": drained(300, {
    process: (_, second) => (second > 1200 ? 1 : 0),
  }),
  "a node that is drained, given a new pod, restarted and put back": drained(300, {
    pod: (node, second) => (node === "n2" && second > 600 ? 1 : 0),
  }),
  "a cordoned node that is off for two hours": drained(7200, { nodes: nodes.slice(0, 3) }),
  "a third of the nodes scaled in, tainted by the autoscaler and in the API for 90 s after their end":
    scaledIn(330, 450),
  "an image that takes five minutes to load": {
    pod: (node, second) => (node === "n2" && second > 300 ? 1 : 0),
    agent: (node, second) => (node === "n2" && second > 300 && second <= 600 ? "silent" : "up"),
    check: (_, type, second) => (type === "path_n2" && second > 300 && second <= 600 ? "absent" : undefined),
  },
  "an ingress away for ten seconds": ingressBlip(nodes),
  "an ingress away for ten seconds, with three nodes": ingressBlip(["n1", "n2", "n3"]),
  "an ingress away for ten seconds, with one node": ingressBlip(["n1"]),
  "a third of the nodes scaled in, drained before": scaledIn(600, 660),
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
    const whole = { nodes, lasts: 1800, ...story };
    await testRules(whole, [{ by: whole.lasts, fired: [] }]);
  });
});
