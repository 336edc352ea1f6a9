import { describe, test } from "vitest";
import { has, testRules } from "./promtool.ts";
import { failing, type Outcome, refused, type Story, timedOut } from "./story.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5"];
/** Seconds at which a fault begins, and at which it ends. */
const fault = { from: 300, to: 900 };
const lasts = 1500;
const during = (second: number) => second > fault.from && second <= fault.to;

interface Case {
  readonly story: Omit<Story, "nodes" | "lasts"> & { nodes?: readonly string[] };
  /** Everything that fires from the start of the story to its end. */
  readonly fires: readonly string[];
  /** Seconds from the fault to its alert, at most. */
  readonly within?: number;
}

/** Nothing on n3 answers, and `share` of the connections to the Service go to its endpoint. */
function deadNode(share: number): Case["story"] {
  return {
    agent: (node, second) => (node === "n3" && during(second) ? "silent" : "up"),
    check: (_, type, second) => {
      if (!during(second)) return undefined;
      if (type === "path_n3") return timedOut;
      return type === "me_service" ? failing(share, "connect_done") : undefined;
    },
  };
}

/** A check's outcome while the fault lasts. */
function broken(fits: (node: string, type: string) => boolean, outcome: Outcome): Case["story"] {
  return { check: (node, type, second) => (during(second) && fits(node, type) ? outcome : undefined) };
}

const cases: Record<string, Case> = {
  "a dead node, which takes an endpoint of the Service with it": {
    story: deadNode(1 / 5),
    fires: ["KubenurseNodeUnreachable n3 zone-2"],
  },
  "a dead node of three": {
    story: { nodes: ["n1", "n2", "n3"], ...deadNode(1 / 3) },
    fires: ["KubenurseNodeUnreachable n3 zone-2"],
  },
  "a node that only Prometheus reaches": {
    story: broken((node, type) => node === "n3" || type === "path_n3", timedOut),
    fires: ["KubenurseNodeUnreachable n3 zone-2"],
  },
  "a link that is broken, in both directions since answers get lost too": {
    story: broken(
      (node, type) => `${node} ${type}` === "n1 path_n2" || `${node} ${type}` === "n2 path_n1",
      timedOut,
    ),
    fires: ["KubenurseNodePartlyUnreachable n1 zone-2", "KubenurseNodePartlyUnreachable n2 zone-1"],
    within: 150,
  },
  "a broken link between two of three nodes, which is half of each one's Service too": {
    story: {
      nodes: ["n1", "n2", "n3"],
      check(node, type, second) {
        if (!during(second) || node === "n1") return undefined;
        if (type === (node === "n2" ? "path_n3" : "path_n2")) return timedOut;
        return type === "me_service" ? failing(1 / 3, "connect_done") : undefined;
      },
    },
    fires: ["KubenurseNodePartlyUnreachable n2 zone-1", "KubenurseNodePartlyUnreachable n3 zone-2"],
    within: 150,
  },
  "DNS dead on one node": {
    story: broken((node, type) => node === "n2" && /dns|me_/.test(type), failing(1, "dns_done")),
    fires: ["KubenurseDNSFailing n2 zone-1"],
  },
  "one of two DNS servers dead": {
    story: broken((_, type) => /dns|me_/.test(type), failing(1 / 3, "dns_done")),
    fires: ["KubenurseDNSFailing"],
  },
  "the API server out of one node's reach": {
    story: broken((node, type) => node === "n2" && type.startsWith("api_server"), timedOut),
    fires: ["KubenurseApiServerUnreachable n2 zone-1"],
  },
  "the API server gone, its refusals held back for a minute": {
    story: {
      check(_, type, second) {
        if (!during(second) || !type.startsWith("api_server")) return undefined;
        if (second <= fault.from + 60) return { ok: 0 };
        return second <= fault.from + 90 ? { ok: 0, failed: { connect_done: 18 } } : refused;
      },
    },
    fires: ["KubenurseApiServerUnreachable"],
    within: 135,
  },
  "the Service failing on one node": {
    story: broken((node, type) => node === "n2" && type === "me_service", failing(1 / 2, "connect_done")),
    fires: ["KubenurseServiceFailingOnNode n2 zone-1"],
  },
  "an endpoint of the Service that refuses": {
    story: broken((_, type) => type === "me_service", failing(1 / 5, "connect_done")),
    fires: ["KubenurseServiceFailing"],
    within: 150,
  },
  "an ingress that answers 502": {
    story: broken((_, type) => type === "me_ingress", failing(1, "status_code_502")),
    fires: ["KubenurseIngressFailing"],
  },
  "an ingress out of one node's reach": {
    story: broken((node, type) => node === "n2" && type === "me_ingress", timedOut),
    fires: ["KubenurseIngressFailing n2 zone-1"],
  },
  "an agent that stands still, for which the kernel still accepts connections": {
    story: {
      agent: (node, second) => (node === "n3" && during(second) ? "silent" : "up"),
      check: (_, type, second) =>
        during(second) && type === "path_n3" ? failing(1 / 2, "round_trip_error") : undefined,
    },
    fires: ["KubenurseAgentSilent n3 zone-2"],
    within: 150,
  },
  "an agent that stands still just after its node was put back, with a pod that was replaced meanwhile": {
    story: {
      pod: (node, second) => (node === "n3" && second > 120 ? 1 : 0),
      samples: (node, second) => [
        { name: "kubenurse_node_schedulable", value: node === "n3" && second > 60 && second <= 240 ? 0 : 1 },
      ],
      agent: (node, second) => (node === "n3" && during(second) ? "silent" : "up"),
      check(_, type, second) {
        if (type !== "path_n3") return undefined;
        if (second > 60 && second <= 240) return "absent";
        return during(second) ? failing(1 / 2, "round_trip_error") : undefined;
      },
    },
    fires: ["KubenurseAgentSilent n3 zone-2"],
    within: 150,
  },
  "an agent that never starts": {
    story: {
      pod: (node, second) => (node === "n3" && second > fault.from ? 1 : 0),
      agent: (node, second) => (node === "n3" && second > fault.from && second <= 1200 ? "silent" : "up"),
      check: (_, type, second) =>
        type === "path_n3" && second > fault.from && second <= 1200 ? "absent" : undefined,
    },
    fires: ["KubenurseAgentSilent n3 zone-2"],
    within: 645,
  },
  "an agent that checks nothing": {
    story: { check: (node, _, second) => (node === "n3" && second <= fault.to ? { ok: 0 } : undefined) },
    fires: ["KubenurseAgentIdle n3 zone-2"],
    within: 600,
  },
  "an agent that Prometheus does not know": {
    story: {
      samples: (_, second) => [{ name: "kubenurse_peers", value: during(second) ? 5 : 4 }],
    },
    fires: ["KubenurseAgentMissing"],
    within: 360,
  },
  "a pod that does not start": {
    story: {
      others: (second) =>
        during(second)
          ? [
              {
                name: "kube_pod_info",
                labels: {
                  ...{ namespace: "kubenurse", pod: "kubenurse-x", node: "n7" },
                  ...{ created_by_kind: "DaemonSet", created_by_name: "kubenurse" },
                },
                value: 1,
              },
            ]
          : [],
    },
    fires: ["KubenurseAgentMissing n7"],
    within: 360,
  },
  "all agents gone": {
    story: { agent: (_, second) => (during(second) ? "gone" : "up") },
    fires: ["KubenurseAgentMissing"],
    within: 360,
  },
  "a node that no other agent checks": {
    story: {
      check: (_, type, second) => (during(second) && type === "path_n3" ? "absent" : undefined),
      samples: (node, second) =>
        node === "n3" && during(second)
          ? [{ name: "kubenurse_neighbourhood_incoming_checks", value: 0 }]
          : [],
    },
    fires: ["KubenurseNodeUnchecked n3 zone-2"],
    within: 450,
  },
  "an agent that is throttled half of the time": {
    story: {
      samples: (node, second) =>
        node === "n3"
          ? [
              {
                name: "kubenurse_discarded_checks_total",
                labels: { why: "self-stalled" },
                value: Math.min(Math.max(second - fault.from, 0), fault.to - fault.from),
              },
            ]
          : [],
    },
    fires: ["KubenurseReadingsDiscarded n3 zone-2"],
    within: 450,
  },
};

describe.skipIf(!has("promtool"))("the right alert fires, in time and alone", { timeout: 60_000 }, () => {
  test.for(Object.entries(cases))("for %s", async ([, { story, fires, within = 120 }]) => {
    await testRules({ nodes, lasts, ...story }, [
      { by: fault.from, fired: [] },
      { by: fault.from + within, fired: fires },
      { by: lasts, fired: fires },
      { at: lasts, firing: [] },
    ]);
  });

  const slowFrom = 4 * 3600;
  test.for([
    ["n2 alone", (node: string) => node === "n2", "KubenurseLatencyRaised n2 zone-1"],
    ["all nodes", (_: string, type: string) => type === "me_ingress", "KubenurseLatencyRaised"],
  ] as const)("for answers far slower than usual on %s", async ([, fits, alert]) => {
    const story: Story = {
      ...{ nodes: ["n1", "n2", "n3"], lasts: slowFrom + 2 * 3600 },
      check: (node, type, second) =>
        type.startsWith(second > slowFrom && fits(node, type) ? "" : "-")
          ? { ok: 12, seconds: 0.05 }
          : { ok: 12 },
    };
    await testRules(
      story,
      [
        { by: slowFrom, fired: [] },
        { by: slowFrom + 1200, fired: [alert] },
        { by: story.lasts, fired: [alert] },
      ],
      { scrape: 60, evaluation: 300 },
    );
  });
});
