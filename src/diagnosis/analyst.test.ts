import { expect, test } from "vitest";
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
