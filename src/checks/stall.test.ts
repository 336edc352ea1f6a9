import { describe, expect, it } from "vitest";
import { fastClock, testEdges } from "../../test/peers/edges.ts";
import { httpTarget } from "../../test/peers/httpTarget.ts";
import { startThreadedServer } from "../../test/peers/threadedServer.ts";
import { httpProbe } from "../probes/http/probe.ts";
import { createSelfWatch } from "../results/selfWatch.ts";
import { createLoopDelay } from "../schedule/loopDelay.ts";

const never = new AbortController().signal;
const batches = 5;
const perBatch = 20;

/** The attempt's deadline of 6 s is over after 500 ms here, so that a stall of 550 ms outlasts it. */
const clock = fastClock(12);

describe("a stall of 550 ms while the answers arrive", () => {
  it("makes no false timeout in 100 attempts, where a verdict by timer would make them all", async () => {
    await using server = await startThreadedServer(50);
    const url = new URL(`http://127.0.0.1:${server.port}/`);
    const edges = testEdges({ clock });
    const loopDelay = createLoopDelay(clock, () => {});
    loopDelay.start();
    const selfWatch = createSelfWatch({ clock, loopDelay, readThrottling: () => undefined });
    const verdicts: string[] = [];
    const states: string[] = [];
    let naiveTimeouts = 0;
    for (let batch = 1; batch <= batches; batch += 1) {
      const attempts = Array.from({ length: perBatch }, async () => {
        let answered = false;
        clock.after(6, () => (naiveTimeouts += answered ? 0 : 1));
        const judge = selfWatch.begin("check");
        const outcome = await httpProbe.attempt(httpTarget(url), { signal: never, edges });
        answered = true;
        verdicts.push(outcome.state);
        states.push(judge(outcome).state);
      });
      await server.received(perBatch);
      server.standStill(batch * perBatch, 550);
      await Promise.all(attempts);
    }
    loopDelay.stop();
    expect(verdicts.filter((state) => state === "failed")).toEqual([]);
    expect(states.filter((state) => state === "failed")).toEqual([]);
    expect(states).toHaveLength(batches * perBatch);
    expect(naiveTimeouts).toBeGreaterThan(batches * perBatch * 0.9);
  });

  it("does not hide a peer that really never answers", async () => {
    await using server = await startThreadedServer(1e6);
    const edges = testEdges({ clock: fastClock(10) });
    const url = new URL(`http://127.0.0.1:${server.port}/`);
    const outcome = await httpProbe.attempt(httpTarget(url), { signal: never, edges });
    expect(outcome).toMatchObject({ state: "failed", reason: "response_timeout" });
  });
});
