import { expect, test } from "vitest";
import { fleetReports, nodeNames } from "../../test/peers/fleetReports.ts";
import { createGraph } from "./graph.ts";
import { createTopologyTracker } from "./topologyTracker.ts";

const start = 1_800_000_000;

test("in a large fleet, too, zones are small only until their other nodes report", () => {
  const tracker = createTopologyTracker();
  const graph = createGraph(tracker.topology);
  const reports = fleetReports({ until: start, nodes: nodeNames(60), zones: 20 });
  const learn = (some: typeof reports) => {
    for (const report of some) tracker.learn(report, graph);
    return tracker.takeChange(start);
  };
  expect(learn(reports.slice(0, 34))).toBe(true);
  expect(tracker.topology.smallZones.size).toBe(20);
  expect(learn(reports.slice(34))).toBe(true);
  expect(tracker.topology.smallZones.size).toBe(0);
  // A rollout changes no zone.
  expect(learn(reports.map((report) => ({ ...report, pod: `new-${report.pod}` })))).toBe(false);
});

test("a zone is small again when its nodes have not reported for five minutes", () => {
  const tracker = createTopologyTracker();
  const graph = createGraph(tracker.topology);
  const nodes = nodeNames(60);
  const learn = (until: number, silent: readonly string[]) => {
    for (const report of fleetReports({ until, nodes, zones: 20, silent })) tracker.learn(report, graph);
  };
  learn(start, []);
  tracker.takeChange(start);
  learn(start + 200, ["node-3"]);
  expect(tracker.takeChange(start + 200)).toBe(false);
  expect(tracker.takeChange(start + 301)).toBe(true);
  expect([...tracker.topology.smallZones]).toEqual([["d", 2]]);
});
