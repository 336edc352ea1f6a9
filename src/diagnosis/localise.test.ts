import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fleetReports, nodeNames } from "../../test/peers/fleetReports.ts";
import { componentName } from "./finding.ts";
import { createGraph, families, layers } from "./graph.ts";
import { localise } from "./localise.ts";
import { addReport, createPane } from "./pane.ts";
import type { Report } from "./report.ts";
import { topologyOf } from "./topology.ts";

const background = Float64Array.from(families, () => 1e-4);

/** What is named in one window, each with what else it could be, the best explanation first. */
function namesOf(reports: readonly Report[]): string[] {
  const zones = new Map(reports.map(({ node, zone = "" }) => [node, zone]));
  const graph = createGraph(topologyOf({ zones }));
  const pane = createPane();
  for (const report of reports) addReport(pane, report, graph);
  const { verdicts } = localise(graph, pane, { background });
  return verdicts.map(({ place, layer, tied }) =>
    [{ place, layer }, ...tied]
      .map((suspect) => {
        const component = graph.places[suspect.place];
        return component && `${component.kind} ${componentName(component)} ${layers[suspect.layer]}`;
      })
      .sort()
      .join(" or "),
  );
}

/** One to three nodes of a fleet that lose some share, and the probes that do. */
const faults = fc.uniqueArray(
  fc.record({
    node: fc.integer({ min: 0, max: 19 }),
    share: fc.constantFrom(0.2, 0.5, 1),
    way: fc.constantFrom("in", "out", "both"),
  }),
  { maxLength: 3, selector: ({ node }) => node },
);
type Faults = typeof faults extends fc.Arbitrary<infer Value> ? Value : never;

function reportsWith(all: Faults, nodes: readonly string[], times = 6): Report[] {
  const loses = (from: string, to: string) => {
    const shares = all.map(({ node, share, way }) => {
      const isHit = (way !== "in" && nodes[node] === from) || (way !== "out" && nodes[node] === to);
      return isHit ? share : 0;
    });
    return Math.max(0, ...shares);
  };
  return fleetReports({ until: 100, nodes, loses, times });
}

const nodes = nodeNames(20);

describe("localise", () => {
  it("names nothing where nothing fails, or nothing was tested", () => {
    expect(namesOf([])).toEqual([]);
    expect(namesOf(reportsWith([], nodes))).toEqual([]);
  });

  it.each([
    ["both", "node node-3 any"],
    ["in", "in node-3 any"],
    ["out", "out node-3 any"],
  ] as const)("tells the direction of a fault: %s", (way, name) => {
    expect(namesOf(reportsWith([{ node: 3, share: 1, way }], nodes))).toEqual([name]);
  });

  it("tells the pods' network from the nodes' own", () => {
    const loses = (from: string, to: string, probe: string) =>
      probe !== "tcp" && [from, to].includes("node-3") ? 1 : 0;
    expect(namesOf(fleetReports({ until: 100, nodes, loses, times: 6 }))).toEqual(["node node-3 pod"]);
  });

  it("names both ways between two zones, and no node in them", () => {
    const zoneOf = (node: string) => nodes.indexOf(node) % 2;
    const loses = (from: string, to: string) => (zoneOf(from) !== zoneOf(to) ? 1 : 0);
    const names = namesOf(fleetReports({ until: 100, nodes, loses }));
    expect(names.toSorted()).toEqual(["zones a → b any", "zones b → a any"]);
  });

  it("names a pair only, where only a pair fails", () => {
    const loses = (from: string, to: string) => (from === "node-3" && to === "node-5" ? 1 : 0);
    expect(namesOf(fleetReports({ until: 100, nodes, loses, times: 6 }))).toEqual([
      "pair node-3 → node-5 any",
    ]);
  });

  it("says so where two nodes could be it", () => {
    const two = nodeNames(2);
    const loses = (from: string) => (from === "node-0" ? 1 : 0);
    const names = namesOf(fleetReports({ until: 100, nodes: two, loses, times: 6 }));
    expect(names.join()).toContain(" or ");
  });

  it("does not depend on names", () => {
    fc.assert(
      fc.property(faults, (all) => {
        const renamed = nodes.map((_, n) => `x${(n * 7) % 20}`);
        const back = new Map(renamed.map((name, n) => [name, nodes[n] ?? ""]));
        const names = namesOf(reportsWith(all, renamed)).map((name) =>
          name.replaceAll(/x\d+/g, (word) => back.get(word) ?? word),
        );
        expect(names.toSorted()).toEqual(namesOf(reportsWith(all, nodes)).toSorted());
      }),
      { numRuns: 30 },
    );
  });

  it("does not depend on the order of reports", () => {
    const order = fc.shuffledSubarray([...nodes.keys()], { minLength: nodes.length });
    fc.assert(
      fc.property(faults, order, (all, order) => {
        const reports = reportsWith(all, nodes);
        const names = namesOf(order.flatMap((place) => reports[place] ?? []));
        expect(names.toSorted()).toEqual(namesOf(reports).toSorted());
      }),
      { numRuns: 30 },
    );
  });

  it("never ranks a true culprit lower with more evidence", () => {
    const rankOf = (names: readonly string[], node: string) => {
      const rank = names.findIndex((name) => name.includes(`${node} `));
      return rank === -1 ? Number.POSITIVE_INFINITY : rank;
    };
    const more = fc.record({ times: fc.integer({ min: 1, max: 6 }), factor: fc.integer({ min: 2, max: 5 }) });
    const node = fc.integer({ min: 0, max: 19 });
    const share = fc.constantFrom(0.2, 0.5, 1);
    fc.assert(
      fc.property(node, share, more, (place, lost, { times, factor }) => {
        const fault = [{ node: place, share: lost, way: "both" as const }];
        const [few, many] = [times, times * factor].map((count) =>
          rankOf(namesOf(reportsWith(fault, nodes, count)), nodes[place] ?? ""),
        );
        expect(many).toBeLessThanOrEqual(few ?? 0);
      }),
      { numRuns: 40 },
    );
  });
});
