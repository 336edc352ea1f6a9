import { describe, test } from "vitest";
import { type Expectation, has, testRules } from "./promtool.ts";
import { failing, type Outcome, type Sample, type Story, timedOut } from "./story.ts";

const nodes = ["n1", "n2", "n3", "n4", "n5"];
/** Seconds at which a fault begins, and at which it ends. */
const fault = { from: 300, to: 900 };
const lasts = 1500;
const during = (second: number) => second > fault.from && second <= fault.to;

/** What the leader on n1 shows: the finding opens within a scrape of the fault, and closes within one of its end. */
function found(component: string, name: string, cause: string) {
  const sample = { name: "kubenurse_finding", labels: { component, name, cause }, value: 0.97 };
  return (node: string, second: number): Sample[] =>
    node === "n1" && second > fault.from + 15 && second <= fault.to + 30 ? [sample] : [];
}

function broken(fits: (node: string, type: string) => boolean, outcome: Outcome): Pick<Story, "check"> {
  return { check: (node, type, second) => (during(second) && fits(node, type) ? outcome : undefined) };
}

/** Nothing on n3 answers, and every fifth connection to the Service goes to its endpoint. */
const deadNode: Pick<Story, "agent" | "check"> = {
  agent: (node, second) => (node === "n3" && during(second) ? "silent" : "up"),
  check: (_, type, second) => {
    if (!during(second)) return undefined;
    if (type === "path_n3") return timedOut;
    return type === "me_service" ? failing(1 / 5, "connect_done") : undefined;
  },
};

const ingress502 = broken((_, type) => type === "me_ingress", failing(1, "status_code_502"));

interface Case {
  readonly story: Partial<Story>;
  readonly fires: readonly string[];
  readonly within?: number;
}

const cases: Record<string, Case> = {
  "a dead node": {
    story: { ...deadNode, samples: found("node", "n3", "node_down") },
    fires: ["KubenurseFinding n3"],
  },
  "a link that is broken": {
    story: {
      ...broken(
        (node, type) => `${node} ${type}` === "n1 path_n2" || `${node} ${type}` === "n2 path_n1",
        timedOut,
      ),
      samples: found("pair", "n1 → n2", "pair_cut"),
    },
    fires: ["KubenurseFinding"],
  },
  "a dead DNS pod of two": {
    story: {
      ...broken((_, type) => /dns|me_/.test(type), failing(1 / 2, "dns_done")),
      samples: found("dns", "coredns-x", "dns_pod_dead"),
    },
    fires: ["KubenurseFinding"],
  },
  "a node with a DNS pod that loses packets": {
    story: {
      ...broken((_, type) => /dns|me_/.test(type), failing(1 / 2, "dns_done")),
      samples: found("node", "n3", "packet_loss"),
    },
    fires: ["KubenurseFinding n3"],
  },
  "a stale Service dataplane": {
    story: {
      ...broken((node, type) => node === "n2" && type === "me_service", failing(1 / 2, "connect_done")),
      samples: found("proxy", "n2", "stale_service_rules"),
    },
    fires: ["KubenurseFinding n2"],
  },
  "zones that lost each other": {
    story: {
      ...broken(
        (node, type) => Number(node.slice(1)) % 2 !== Number(type.at(-1)) % 2,
        failing(1 / 2, "connect_done"),
      ),
      samples: found("zones", "zone-1 → zone-2", "zone_link_loss"),
    },
    fires: ["KubenurseFinding"],
  },
  "an ingress that answers 502": {
    story: { ...ingress502, samples: found("ingress", "ingress", "ingress_backend_failing") },
    fires: ["KubenurseFinding"],
  },
  "an ingress that answers 502, which no finding explains": {
    story: { ...ingress502, samples: found("dns", "coredns-x", "dns_pod_dead") },
    fires: ["KubenurseFinding", "KubenurseIngressFailing"],
  },
  "an ingress that answers 502 while it is slow": {
    story: { ...ingress502, samples: found("ingress", "ingress", "latency_raised") },
    fires: ["KubenurseFinding", "KubenurseIngressFailing"],
  },
  "an ingress that answers 502 while a node is slow": {
    story: { ...ingress502, samples: found("node", "n3", "latency_raised") },
    fires: ["KubenurseFinding n3", "KubenurseIngressFailing"],
  },
  "an ingress that answers 502 while a node loses packets": {
    story: { ...ingress502, samples: found("node", "n3", "packet_loss") },
    fires: ["KubenurseFinding n3", "KubenurseIngressFailing"],
  },
  "a dead node that was slow": {
    story: { ...deadNode, samples: found("node", "n3", "latency_raised") },
    fires: ["KubenurseFinding n3", "KubenurseNodeUnreachable n3 zone-2"],
  },
  "an ingress that answers 502 long after a node was lost": {
    story: {
      ...ingress502,
      samples: (node) =>
        node === "n1"
          ? [
              {
                name: "kubenurse_finding",
                labels: { component: "node", name: "n9", cause: "node_down" },
                value: 0.9,
              },
            ]
          : [],
    },
    fires: ["KubenurseFinding n9", "KubenurseIngressFailing"],
    // A node that was lost explains what its endpoints cause for ten minutes.
    within: 390,
  },
};

const well = { leads: true, ageSeconds: 4, reporters: nodes.length };

/** What becomes of the leader during the fault. */
const leaders: Record<string, (second: number) => Partial<typeof well>> = {
  "nobody leads": () => ({ leads: false }),
  "the leader's analysis stands still": (second) => ({ ageSeconds: second - fault.from }),
  "the leader hears itself alone": () => ({ reporters: 1 }),
  "the leader hears nobody": () => ({ reporters: 0 }),
};

function analysing(leads: 0 | 1, ageSeconds: number, reporters: number): Sample[] {
  return [
    { name: "kubenurse_leader", value: leads },
    { name: "kubenurse_analysis_age_seconds", value: ageSeconds },
    { name: "kubenurse_reporters", value: reporters },
  ];
}

const isOld = (fired: string) => fired.endsWith("n9");

describe.skipIf(!has("promtool"))("a finding is the one alert", { timeout: 60_000 }, () => {
  test.for(Object.entries(cases))("for %s", async ([, { story, fires, within = 120 }]) => {
    const old = fires.filter(isOld);
    await testRules({ nodes, lasts, ...story }, [
      { by: fault.from, fired: old },
      { by: fault.from + within, fired: fires },
      { by: lasts, fired: fires },
      { at: lasts, firing: old },
    ]);
  });

  test("that goes on when another agent leads", async () => {
    const leader = (second: number) => (second <= 600 ? "n1" : "n2");
    const samples = (node: string, second: number) =>
      node === leader(second) && second !== 630 ? found("node", "n3", "node_down")("n1", second) : [];
    const firing: Expectation[] = Array.from({ length: 16 }, (_, scrape) => ({
      at: 360 + scrape * 30,
      firing: ["KubenurseFinding n3"],
    }));
    await testRules({ nodes, lasts, ...deadNode, samples }, [...firing, { at: lasts, firing: [] }]);
  });

  describe("for what is slow", () => {
    const slowFrom = 2 * 3600;
    const ends = slowFrom + 2 * 3600;
    /** Open from five minutes after the answers became slow, while they are. */
    const says = (component: string, name: string) => (node: string, second: number) =>
      node === "n1" && second > slowFrom + 300 && second <= ends - 1800
        ? [
            {
              name: "kubenurse_finding",
              labels: { component, name, cause: "latency_raised" },
              value: 0.9,
            },
          ]
        : [];
    const slow = (fits: (node: string, type: string) => boolean): Pick<Story, "check"> => ({
      check: (node, type, second) =>
        second > slowFrom && second <= ends - 1800 && fits(node, type)
          ? { ok: 12, seconds: 0.2 }
          : { ok: 12 },
    });
    const atNode = slow((node, type) => node === "n2" || type === "path_n2");
    const atIngress = slow((_, type) => type === "me_ingress");

    test.for([
      ["a node", atNode, says("node", "n2"), ["KubenurseFinding n2"]],
      ["the ingress", atIngress, says("ingress", "ingress"), ["KubenurseFinding"]],
      [
        "the ingress beside a slow node",
        atIngress,
        says("node", "n2"),
        ["KubenurseFinding n2", "KubenurseLatencyRaised"],
      ],
    ] as const)("%s", async ([, story, samples, fires]) => {
      await testRules(
        { nodes, lasts: ends, ...story, samples },
        [
          { by: slowFrom, fired: [] },
          { by: ends, fired: fires },
          { at: ends, firing: [] },
        ],
        { scrape: 60, evaluation: 300 },
      );
    });
  });

  test.each([
    ["node_down", "critical"],
    ["latency_raised", "warning"],
  ])("as bad as its cause: %s is %s", async (cause, severity) => {
    const samples = found("node", "n3", cause);
    await testRules({ nodes, lasts, samples }, [{ at: 600, severities: [severity] }]);
  });

  test.for(Object.entries(leaders))("of the analysis, where %s", async ([, leader]) => {
    const samples = (node: string, second: number): Sample[] => {
      const { leads, ageSeconds, reporters } = { ...well, ...(during(second) && leader(second)) };
      if (node !== "n1" || !leads) return [{ name: "kubenurse_leader", value: 0 }];
      return analysing(1, ageSeconds, reporters);
    };
    await testRules({ nodes, lasts, samples }, [
      { by: fault.from, fired: [] },
      { by: fault.from + 330, fired: ["KubenurseNotAnalysing"] },
      { at: lasts, firing: [] },
    ]);
  });

  test("but not of an analysis that each agent makes alone", async () => {
    await testRules({ nodes, lasts, samples: () => analysing(0, 4, 1) }, [{ by: lasts, fired: [] }]);
  });

  test("and not where half of the agents reach one that leads in the agents' place", async () => {
    const samples = (): Sample[] => [{ name: "kubenurse_leader", value: 0 }];
    const others = () =>
      ["a", "b"].flatMap((one, n) =>
        (n === 0 ? analysing(1, 4, 3) : [{ name: "kubenurse_leader", value: 0 }]).map((sample) => ({
          ...sample,
          labels: { job: "kubenurse-analyse", instance: `${one}:8080` },
        })),
      );
    await testRules({ nodes, lasts, samples, others }, [{ by: lasts, fired: [] }]);
  });
});
