import { expect, test } from "vitest";
import { fleetReports, nodeNames } from "../../test/peers/fleetReports.ts";
import { finding } from "../../test/peers/handMadeDiagnosis.ts";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { createAnalyst } from "./analyst.ts";

test("goes on with what another leader saw lately, and closes what nobody watched since, or nobody else can judge", async () => {
  const clock = simulatedClock();
  const analyst = createAnalyst({ clock, nodes: () => undefined, onOpened() {} });
  const now = clock.wallNow();
  const open = [
    finding({ id: "fresh", component: { kind: "node", node: "node-1" }, lastSeenAt: now - 70 }),
    finding({ id: "stale", component: { kind: "node", node: "node-2" }, lastSeenAt: now - 4000 }),
    finding({
      ...{ id: "slow", component: { kind: "node", node: "node-3" }, lastSeenAt: now },
      cause: "latency_raised",
    }),
  ];
  analyst.adopt({ open, closed: [] });
  await clock.advance(12);
  analyst.advance();
  expect(analyst.latest()?.open.map(({ id }) => id)).toEqual(["fresh"]);
  const closed = { at: now, why: "unwatched" };
  expect(analyst.latest()?.closed).toMatchObject([
    { id: "stale", closed },
    { id: "slow", closed },
  ]);
});

test("knows the clocks of all whose reports arrive, whether they count or not", async () => {
  const clock = simulatedClock();
  const analyst = createAnalyst({ clock, nodes: () => undefined, onOpened() {} });
  for (let window = 0; window < 4; window += 1) {
    await clock.advance(5);
    const until = Math.floor(clock.wallNow() / 5) * 5;
    for (const report of fleetReports({ until, nodes: nodeNames(3) })) {
      const shift = report.node === "node-2" ? 600 : 0;
      analyst.accept({ ...report, from: report.from + shift, until: until + shift });
    }
  }
  await clock.advance(3);
  analyst.advance();
  const { reports = [] } = analyst.latest() ?? {};
  expect(new Set(reports.map(({ node }) => node))).toEqual(new Set(["node-0", "node-1"]));
  expect(analyst.clockOffset("node-1")).toBeLessThan(1);
  expect(analyst.clockOffset("node-2")).toBeGreaterThan(590);
});
