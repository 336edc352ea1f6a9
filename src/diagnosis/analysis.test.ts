import { describe, expect, it } from "vitest";
import { type FleetWindow, fleetReports, nodeNames } from "../../test/peers/fleetReports.ts";
import { type Analysis, createAnalysis } from "./analysis.ts";
import { componentName, type Finding } from "./finding.ts";

const nodes = nodeNames(12);
const start = 1_800_000_000;

type Between = Omit<FleetWindow, "until" | "nodes"> & { readonly nodes?: readonly string[] };

/** Runs windows of 5 s in which the fleet is as told, and returns what was open after each. */
function run(analysis: Analysis, from: number, windows: number, fleet: Between = {}) {
  const open: (readonly Finding[])[] = [];
  for (let window = 1; window <= windows; window += 1) {
    const until = from + 5 * window;
    const reports = fleetReports({ nodes, ...fleet, until });
    for (const report of reports) analysis.accept(report, until);
    analysis.advance(until + 2);
    open.push(analysis.open());
  }
  return open;
}

const namesOf = (findings: readonly Finding[] = []) =>
  findings.map(({ component, cause }) => `${component.kind} ${componentName(component)}: ${cause}`);
const dead = (node: string): Between => ({
  loses: (from, to) => ([from, to].includes(node) ? 1 : 0),
  silent: [node],
});
const lossy: Between = { loses: (_, to) => (to === "node-3" ? 0.3 : 0) };

describe("the analysis of a fleet", () => {
  it("opens nothing while all is well", () => {
    expect(run(createAnalysis(start), start, 70).flat()).toEqual([]);
  });

  it("names a dead node within two windows, and closes the finding when it is back", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const [first, second] = run(analysis, start + 60, 2, dead("node-3"));
    expect([first, namesOf(second)]).toEqual([[], ["node node-3: node_down"]]);
    const [finding] = second ?? [];
    expect(finding?.evidence.reporterCount).toBe(10);
    expect(finding?.confidence).toBeGreaterThan(0.9);
    expect(finding?.summary).toContain("Node node-3 is down or cut off");
    const after = run(analysis, start + 70, 6);
    expect(after.map((open) => open.length)).toEqual([1, 1, 1, 0, 0, 0]);
    expect(analysis.closed()).toMatchObject([{ id: finding?.id, closed: { why: "recovered" } }]);
  });

  it("does not find what is over once more in longer windows", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    run(analysis, start + 60, 6, dead("node-3"));
    expect(
      run(analysis, start + 90, 70)
        .slice(10)
        .flat(),
    ).toEqual([]);
    expect(analysis.closed()).toHaveLength(1);
  });

  it("opens nothing for a blip of a second", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const blip = run(analysis, start + 60, 1, lossy);
    expect([...blip, ...run(analysis, start + 65, 70)].flat()).toEqual([]);
  });

  it("opens nothing for a blip whose time limits are over in three windows", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const blip = [1, 2, 3].flatMap((windowsAgo) =>
      run(analysis, start + 60 + 5 * windowsAgo, 1, { ...lossy, windowsAgo }),
    );
    expect([...blip, ...run(analysis, start + 80, 70)].flat()).toEqual([]);
  });

  it("finds what begins anew in each window, and is known in the next one", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 13);
    const open = run(analysis, start + 65, 3, { ...lossy, windowsAgo: 1 });
    expect(open.map((all) => all.map(({ component }) => componentName(component)))).toEqual([
      [],
      ["node-3"],
      ["node-3"],
    ]);
  });

  it("sees one way that is broken: no agent can be connected to on a node that reports", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const open = run(analysis, start + 60, 4, { loses: (_, to) => (to === "node-3" ? 1 : 0) });
    expect(namesOf(open.at(-1))).toEqual(["in node-3: unreachable_from_others"]);
  });

  it("blames an agent that says that it is throttled, and no network", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const open = run(analysis, start + 60, 4, {
      loses: (from, to) => ([from, to].includes("node-3") ? 0.6 : 0),
      health: (node) => (node === "node-3" ? { throttledShare: 0.7 } : {}),
      times: 3,
    });
    expect(namesOf(open.at(-1))).toEqual(["agent node-3: agent_unfit"]);
  });

  it("believes nobody where most agents are in no state to judge", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const open = run(analysis, start + 60, 8, {
      loses: (from, to) => ([from, to].includes("node-3") ? 0.6 : 0),
      health: (node) => (nodes.indexOf(node) > 4 ? { loopDelaySeconds: 1.5 } : {}),
      times: 3,
    });
    expect(namesOf(open.flat()).filter((name) => !name.startsWith("agent "))).toEqual([]);
  });

  it("finds little loss in longer windows", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 60, { times: 2 });
    let window = 0;
    const open = run(analysis, start + 300, 24, {
      times: 10,
      loses: (from, to) => ([from, to].includes("node-3") && window++ % 4 === 0 ? 0.1 : 0),
    });
    expect(open.at(-1)?.map(({ component }) => componentName(component))).toEqual(["node-3"]);
  });

  it("does not call a node's loss a fault of its agent for one stall", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 60, { times: 2 });
    let [window, reports] = [0, 0];
    const open = run(analysis, start + 300, 24, {
      times: 10,
      loses: (from, to) => ([from, to].includes("node-3") && window++ % 4 === 0 ? 0.1 : 0),
      health: (node) => (node === "node-3" && reports++ === 3 ? { loopDelaySeconds: 1.5 } : {}),
    });
    expect([...new Set(open.flat().map(({ component }) => component.kind))]).toEqual(["node"]);
  });

  it("closes what longer windows still show when the short ones together say that it is over", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 60);
    let probes = 0;
    const open = run(analysis, start + 300, 24, {
      loses: (from, to, probe) =>
        probe === "tcp" && [from, to].includes("node-3") && probes++ % 5 === 0 ? 1 : 0,
    });
    expect(open.at(-1)?.map(({ component }) => componentName(component))).toEqual(["node-3"]);
    // A window of a minute reaches back to it for a minute.
    expect(run(analysis, start + 420, 7).at(-1)).toEqual([]);
    expect(run(analysis, start + 455, 24).flat()).toEqual([]);
  });

  it("keeps open what short windows show now and then", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 60, { times: 2 });
    let probes = 0;
    const open = run(analysis, start + 300, 72, {
      times: 10,
      loses: (from, to) => ([from, to].includes("node-3") && probes++ % 8 === 0 ? 0.1 : 0),
    });
    const [opened] = open.find((all) => all.length > 0) ?? [];
    expect(open.slice(-36).map((all) => all.map(({ id }) => id))).toEqual(Array(36).fill([opened?.id]));
  });

  it("judges the cause of one fault by what another one leaves of its readings", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12);
    const zoneOf = (node: string) => Number(node.split("-")[1]) % 2;
    const open = run(analysis, start + 60, 6, {
      loses: (from, to, probe) => {
        if (zoneOf(from) !== zoneOf(to)) return 1;
        return probe === "udp" && [from, to].includes("node-3") ? 1 : 0;
      },
    });
    expect(namesOf(open.at(-1))).toContain("node node-3: udp_blocked");
  });

  it("names the zones that are cut from each other, however few nodes they have", () => {
    const analysis = createAnalysis(start);
    const small = { nodes: nodeNames(6), zones: 3 };
    run(analysis, start, 12, small);
    const zoneOf = (node: string) => Number(node.split("-")[1]) % 3;
    const loses = (from: string, to: string) => (zoneOf(from) + zoneOf(to) === 1 ? 1 : 0);
    const open = run(analysis, start + 60, 4, { ...small, loses });
    expect(namesOf(open.at(-1)).toSorted()).toEqual([
      "zones a → b: zone_link_down",
      "zones b → a: zone_link_down",
    ]);
  });

  it.each([
    ["each of a zone of its own", 6],
    ["which are all that their zone has", 3],
  ])("names the pair where two nodes are cut from each other, %s", (_which, zones) => {
    const analysis = createAnalysis(start);
    const small = { nodes: nodeNames(6), zones };
    run(analysis, start, 12, small);
    const cut = ["node-0", "node-3"];
    const loses = (from: string, to: string) => (cut.includes(from) && cut.includes(to) ? 1 : 0);
    const open = run(analysis, start + 60, 4, { ...small, loses });
    expect(namesOf(open.at(-1))).toEqual(["pair node-0 → node-3: pair_cut"]);
  });

  it("finds that a node has become slow, and that it is no more", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12 * 15, { seconds: () => 0.002 });
    const slow = (from: string, to: string) => ([from, to].includes("node-3") ? 0.05 : 0.002);
    const open = run(analysis, start + 900, 12 * 5, { seconds: slow });
    expect(namesOf(open.at(-1))).toEqual(["node node-3: latency_raised"]);
    expect(open.at(-1)?.[0]?.summary).toContain("slower than they were");
    expect(run(analysis, start + 1200, 12 * 5, { seconds: () => 0.002 }).at(-1)).toEqual([]);
  });

  it("finds that the way between two zones has become slow", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12 * 15, { seconds: () => 0.002 });
    const zoneOf = (node: string) => Number(node.split("-")[1]) % 2;
    const seconds = (from: string, to: string) => (zoneOf(from) === zoneOf(to) ? 0.002 : 0.05);
    const open = run(analysis, start + 900, 12 * 5, { seconds });
    expect(namesOf(open.at(-1)).toSorted()).toEqual([
      "zones a → b: latency_raised",
      "zones b → a: latency_raised",
    ]);
  });

  it("does not wonder that an agent is slow that says that it is stalled", () => {
    const analysis = createAnalysis(start);
    run(analysis, start, 12 * 15, { seconds: () => 0.002 });
    const open = run(analysis, start + 900, 12 * 5, {
      seconds: (from, to) => ([from, to].includes("node-3") ? 0.05 : 0.002),
      health: (node) => (node === "node-3" ? { loopDelaySeconds: 1.1 } : {}),
    });
    expect(open.flat()).toEqual([]);
  });

  it("takes two agents' word where there are only four, and says so", () => {
    const analysis = createAnalysis(start);
    const four = nodes.slice(0, 4);
    const few = { nodes: four, times: 3 };
    run(analysis, start, 12, few);
    const open = run(analysis, start + 60, 3, {
      ...few,
      loses: (from, to) => ([from, to].includes("node-3") ? 1 : 0),
      silent: ["node-3", "node-2"],
    });
    expect(open.at(-1)).toMatchObject([{ component: { kind: "node", node: "node-3" }, fewReporters: true }]);
  });

  describe("where discovery knows the nodes", () => {
    const settled = nodes.map((name) => ({ name, state: "settled" as const }));
    const planned = settled.map((node) =>
      node.name === "node-3" ? { ...node, state: "planned" as const } : node,
    );
    const without = settled.filter(({ name }) => name !== "node-3");

    it("opens nothing for a node in planned change", () => {
      const analysis = createAnalysis(start);
      analysis.follow(planned, start);
      run(analysis, start, 12);
      expect(run(analysis, start + 60, 12, dead("node-3")).flat()).toEqual([]);
    });

    it.each([
      ["node-left", without],
      ["planned", planned],
    ] as const)("closes a node's findings: %s", (why, now) => {
      const analysis = createAnalysis(start);
      analysis.follow(settled, start);
      run(analysis, start, 12);
      expect(run(analysis, start + 60, 4, dead("node-3")).at(-1)).toHaveLength(1);
      analysis.follow(now, start + 80);
      expect(analysis.open()).toEqual([]);
      expect(analysis.closed()).toMatchObject([{ closed: { at: start + 80, why } }]);
      expect(run(analysis, start + 80, 6, dead("node-3")).flat()).toEqual([]);
    });
  });

  it("goes on with the findings of another leader", () => {
    const before = createAnalysis(start);
    run(before, start, 12);
    const [finding] = run(before, start + 60, 4, dead("node-3")).at(-1) ?? [];
    if (finding === undefined) throw new Error("nothing was found");
    const next = createAnalysis(start + 80);
    next.adopt([finding], before.closed());
    const open = run(next, start + 80, 4, dead("node-3"));
    expect(open.map((all) => all.map(({ id }) => id))).toEqual(Array(4).fill([finding.id]));
    expect(run(next, start + 100, 6).at(-1)).toEqual([]);
  });
});
