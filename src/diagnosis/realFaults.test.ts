import { describe, expect, it } from "vitest";
import { fleetReports, nodeNames } from "../../test/peers/fleetReports.ts";
import { createAnalysis } from "./analysis.ts";
import { componentName, type Finding } from "./finding.ts";
import type { Flow, Report } from "./report.ts";

const nodes = nodeNames(6);
const start = 1_800_000_000;

/** What one agent saw of one target; replaces what the fleet's reports say of it. */
type Seen = readonly [node: string, flow: Flow];

function flow(
  probe: Flow["probe"],
  target: string | Flow["target"],
  good: number,
  bad: Flow["bad"] = {},
  more: Partial<Flow> = {},
): Flow {
  const to = typeof target === "string" ? { kind: "node" as const, node: target } : target;
  return { probe, target: to, good, bad, discarded: 0, ...more };
}

/** A fleet of six that is well but for what is told of each step of 5 s; returns what was open after each step. */
function play(steps: readonly (readonly Seen[])[]) {
  const analysis = createAnalysis(start);
  analysis.follow(
    nodes.map((name) => ({ name, state: "settled" })),
    start,
  );
  const open = steps.map((seen, step) => {
    const until = start + 5 * (step + 1);
    for (const report of fleetReports({ until, nodes })) {
      analysis.accept(withSeen(report, seen), until);
    }
    analysis.advance(until + 2);
    return analysis.open();
  });
  return { open, closed: analysis.closed() };
}

function withSeen(report: Report, seen: readonly Seen[]): Report {
  const own = seen.filter(([node]) => node === report.node).map(([, flow]) => flow);
  const keyOf = ({ probe, target }: Flow) => `${probe} ${JSON.stringify(target)}`;
  const replaced = new Set(own.map(keyOf));
  const kept = report.flows.filter((flow) => !replaced.has(keyOf(flow)));
  // A flow without a count was not tested in that step.
  const flows = [...kept, ...own].filter(({ good, bad }) => good > 0 || Object.keys(bad).length > 0);
  return { ...report, flows };
}

const times = <Value>(count: number, value: Value): Value[] => Array<Value>(count).fill(value);
const well: readonly Seen[] = [];
const namesOf = (findings: readonly Finding[] = []) =>
  findings.map(({ component, cause }) => `${component.kind} ${componentName(component)}: ${cause}`);
/** All names that were ever given. */
const everNamed = (open: readonly (readonly Finding[])[]) => [...new Set(open.flatMap(namesOf))];

describe("readings of a real cluster", () => {
  const pair = ["node-2", "node-3"] as const;
  const bothWays = (...flows: readonly ((to: string) => Flow)[]): readonly Seen[] =>
    flows.flatMap((make) => [[pair[0], make(pair[1])] as const, [pair[1], make(pair[0])] as const]);
  const cut = bothWays(
    (to) => flow("udp", to, 0, { lost: 10 }),
    (to) => flow("http", to, 0, { connect_timeout: 1 }),
  );

  it("are one finding of a pair cut on one way, and its beginning and end inside a window are no partial loss", () => {
    // The nodes' own addresses are reached all the time; from one of them it was not tested as it began.
    const begins: readonly Seen[] = [
      ["node-2", flow("udp", "node-3", 0, { lost: 10 })],
      ["node-2", flow("http", "node-3", 0)],
      ["node-3", flow("udp", "node-2", 4, { lost: 6 })],
      ["node-3", flow("http", "node-2", 0)],
      ["node-3", flow("tcp", "node-2", 0)],
    ];
    const untested: readonly Seen[] = [...cut, ["node-3", flow("tcp", "node-2", 0)]];
    const ends = bothWays(
      (to) => flow("udp", to, 10, { lost: 10 }),
      (to) => flow("http", to, 1, { connect_timeout: 1 }),
    );
    const late = bothWays((to) => flow("http", to, 3, { connect_timeout: 1 }));
    const steps = [
      ...times(12, well),
      begins,
      untested,
      untested,
      ...times(6, cut),
      ends,
      late,
      ...times(6, well),
    ];
    const { open, closed } = play(steps);
    expect(everNamed(open)).toEqual(["pair node-2 → node-3: overlay_broken"]);
    expect(open.findIndex((all) => all.length > 0)).toBeLessThanOrEqual(14);
    const [finding] = closed;
    expect(closed).toHaveLength(1);
    expect(finding?.otherComponents.map(componentName)).toEqual(["node-3 → node-2"]);
    expect(finding?.evidence.reporters).toEqual(["node-2", "node-3"]);
    expect(finding?.summary).toContain("The way node-2 → node-3 or the way back");
    expect(open.at(-1)).toEqual([]);
  });

  it("name the way of a pair on which packets are lost, where the responder could tell", () => {
    const lossy: readonly Seen[] = [
      ["node-2", flow("udp", "node-3", 7, { lost: 3 }, { lostReverse: 3 })],
      ["node-3", flow("udp", "node-2", 6, { lost: 4 }, { lostForward: 4 })],
      ["node-2", flow("http", "node-3", 1, {}, { resent: 1 })],
    ];
    const { open } = play([...times(12, well), ...times(8, lossy)]);
    expect(everNamed(open)).toEqual(["pair node-3 → node-2: packet_loss"]);
    expect(open.at(-1)?.[0]?.otherComponents).toEqual([]);
  });

  it("close a finding of large packets soon after they pass, though each pair sends some only every 10 s", () => {
    const others = nodes.filter((node) => node !== "node-2");
    const large = (step: number, isLost: boolean): readonly Seen[] =>
      others.flatMap((node, place): Seen[] => {
        if (place % 2 !== step % 2) return [];
        const [good, bad] = isLost ? [0, { mtu_black_hole_out: 1 }] : [1, {}];
        return [
          [node, flow("payload", "node-2", good, bad)],
          ["node-2", flow("payload", node, good, bad)],
        ];
      });
    const steps = Array.from({ length: 32 }, (_, step) => large(step, step >= 12 && step < 20));
    const { open } = play(steps);
    expect(everNamed(open)).toEqual(["node node-2: mtu_black_hole"]);
    const closes = open.findLastIndex((all) => all.length > 0) + 1;
    expect(5 * (closes - 20)).toBeLessThanOrEqual(30);
  });

  it("name the way of a pair on which large packets are lost", () => {
    const passes = nodes.flatMap((node) =>
      nodes.filter((to) => to !== node).map((to): Seen => [node, flow("payload", to, 1)]),
    );
    const areEnds = ([node, { target }]: Seen) =>
      target.kind === "node" && [node, target.node].toSorted().join() === pair.join();
    const lost: readonly Seen[] = [
      ...passes.filter((seen) => !areEnds(seen)),
      ["node-2", flow("payload", "node-3", 0, { mtu_black_hole_in: 1 })],
      ["node-3", flow("payload", "node-2", 0, { mtu_black_hole_out: 1 })],
    ];
    const { open } = play([...times(12, passes), ...times(36, lost)]);
    expect(everNamed(open)).toEqual(["pair node-3 → node-2: mtu_black_hole_out"]);
  });

  it("do not make a dead DNS pod one that is only unwell as it comes back", () => {
    const asked = (good: number, bad: number) =>
      nodes.flatMap((node): Seen[] => {
        const pod = { kind: "dns_pod", node: "node-0", transport: "udp" } as const;
        return [
          [node, flow("dns", { ...pod, pod: "coredns-x" }, good, bad === 0 ? {} : { dns_timeout: bad })],
          [node, flow("dns", { ...pod, pod: "coredns-y" }, 1)],
        ];
      });
    const steps = [...times(12, asked(1, 0)), ...times(8, asked(0, 1)), asked(1, 1), asked(1, 1)];
    const { open } = play([...steps, ...times(8, asked(1, 0))]);
    expect(everNamed(open)).toEqual(["dns coredns-x: dns_pod_dead"]);
    expect(open.flat().flatMap(({ otherCauses }) => otherCauses)).toEqual([]);
    expect(open.at(-1)).toEqual([]);
  });

  it("lay a stopped DNS pod to no node, though names are resolved worst of all on its own", () => {
    const pods = [
      ["coredns-x", "node-1"],
      ["coredns-y", "node-2"],
    ] as const;
    const timeout = (times: number) => (times === 0 ? {} : { dns_timeout: times });
    /** What each agent's names and the Service of DNS lost, and how the stopped pod answered. */
    const asked = (
      lost: number,
      more: readonly string[],
      state: "well" | "stopped" | "gone",
    ): readonly Seen[] =>
      nodes.flatMap((node): Seen[] => {
        const bad = lost === 0 ? 0 : lost + (more.includes(node) ? 1 : 0);
        const byName = [
          { kind: "service", via: "new" },
          { kind: "api_server", via: "name" },
          { kind: "ingress" },
        ] as const;
        const direct = pods.flatMap(([pod, at]): Seen[] =>
          (["udp", "tcp"] as const).flatMap((transport): Seen[] => {
            const isStopped = state !== "well" && pod === "coredns-y";
            if (isStopped && (state === "gone" || transport === "tcp")) return [];
            const target = { kind: "dns_pod", pod, node: at, transport } as const;
            return [[node, flow("dns", target, isStopped ? 0 : 1, timeout(isStopped ? 1 : 0))]];
          }),
        );
        const dnsService = { kind: "dns_service", transport: "udp" } as const;
        return [
          ...byName.map((target): Seen => [node, flow("http", target, 1, timeout(bad))]),
          [node, flow("dns", dnsService, bad > 1 ? 0 : 1, timeout(bad > 1 ? 1 : 0))],
          // Agents ask pods at different times: two of them did since it was stopped.
          ...direct.filter(([, { bad }]) => Object.keys(bad).length === 0 || more.includes(node)),
        ];
      });
    const some = ["node-1", "node-2", "node-4"];
    const steps = [
      ...times(24, asked(0, [], "well")),
      ...[asked(1, some, "stopped"), asked(1, some, "gone"), asked(1, [], "gone")],
      ...times(16, asked(0, [], "well")),
    ];
    const { open } = play(steps);
    expect(everNamed(open).filter((name) => !name.startsWith("dns "))).toEqual([]);
  });

  it("lay what a lost DNS pod leaves in long windows to no resolver, though one waited for it more often than others", () => {
    const names = [
      { kind: "service", via: "new" },
      { kind: "api_server", via: "name" },
      { kind: "ingress" },
    ] as const;
    const asked = (lost: boolean): readonly Seen[] =>
      nodes.flatMap((node): Seen[] => {
        const unlucky = node === "node-4" ? 3 : 2;
        const bad = lost ? unlucky : 0;
        const pods = [
          ["coredns-x", "node-1"],
          ["coredns-y", "node-2"],
        ] as const;
        return [
          ...names.map(
            (target): Seen => [node, flow("http", target, 5 - bad, bad === 0 ? {} : { dns_timeout: bad })],
          ),
          ...pods.map(([pod, at]): Seen => {
            const target = { kind: "dns_pod", pod, node: at, transport: "udp" } as const;
            const isLost = lost && pod === "coredns-y";
            return [node, flow("dns", target, isLost ? 0 : 1, isLost ? { dns_timeout: 1 } : {})];
          }),
        ];
      });
    const { open } = play([...times(36, asked(false)), ...times(9, asked(true)), ...times(60, asked(false))]);
    expect(everNamed(open)).toEqual(["dns coredns-y: dns_pod_dead"]);
  });

  it("name a node that loses DNS over TCP, though first the pod on it was seen to get none", () => {
    const pods = ["node-2", "node-4"].map(
      (node) => ({ kind: "dns_pod", pod: `coredns-${node}`, node }) as const,
    );
    const asked = (isLost: (from: string, to: string) => boolean): readonly Seen[] =>
      nodes.flatMap((from) =>
        pods.flatMap((pod): Seen[] => {
          const bad = from !== pod.node && isLost(from, pod.node);
          const tcp = { ...pod, transport: "tcp" } as const;
          return [
            [from, flow("dns", tcp, bad ? 0 : 1, bad ? { connect_timeout: 1 } : {})],
            [from, flow("dns", { ...pod, transport: "udp" }, 1)],
          ];
        }),
      );
    const well = times(
      6,
      asked(() => false),
    );
    const begins = times(
      2,
      asked((_, to) => to === "node-2"),
    );
    const whole = times(
      6,
      asked((from, to) => [from, to].includes("node-2")),
    );
    const { open } = play([...well, ...well, ...begins, ...whole, ...well, ...well]);
    expect(everNamed(open)).toEqual(["node node-2: dns_over_tcp_blocked"]);
    expect(open.at(-1)).toEqual([]);
  });

  it("name a node that gets no DNS over TCP, which its own agent alone can see", () => {
    const asked = (bad: boolean): readonly Seen[] => {
      const pods = ["node-2", "node-4"].map(
        (node) => ({ kind: "dns_pod", pod: `coredns-${node}`, node }) as const,
      );
      const targets = [...pods, { kind: "dns_service" } as const];
      return nodes.flatMap((node) =>
        targets.flatMap((target): Seen[] => {
          // What it asks its own pod does not leave it.
          const isLost = bad && node === "node-2" && !("node" in target && target.node === node);
          return [
            [
              node,
              flow(
                "dns",
                { ...target, transport: "tcp" },
                isLost ? 0 : 1,
                isLost ? { connect_timeout: 1 } : {},
              ),
            ],
            [node, flow("dns", { ...target, transport: "udp" }, 1)],
          ];
        }),
      );
    };
    const fine = times(6, [asked(false), well]).flat();
    const { open } = play([...fine, ...times(6, [asked(true), well]).flat(), ...fine, ...fine]);
    expect(everNamed(open)).toEqual(["out node-2: dns_over_tcp_blocked"]);
    expect(open.at(-1)).toEqual([]);
  });
});
