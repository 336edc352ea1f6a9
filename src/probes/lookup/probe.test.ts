import { describe, expect, it } from "vitest";
import { testEdges } from "../../../test/peers/edges.ts";
import { simulatedClock } from "../../../test/peers/simulatedClock.ts";
import { lookupProbe } from "./probe.ts";
import { createLookupTarget, type LookupTarget } from "./target.ts";

const never = new AbortController().signal;

const attempt = (target: LookupTarget, edges = testEdges(), signal = never) =>
  lookupProbe.attempt(target, { signal, edges });

/** A resolver that answers when the test says so. */
function slowResolver() {
  const clock = simulatedClock();
  const asked: PromiseWithResolvers<string>[] = [];
  const lookup = () => {
    const answer = Promise.withResolvers<string>();
    asked.push(answer);
    return answer.promise;
  };
  return { clock, asked, edges: testEdges({ clock, lookup }) };
}

describe("a lookup", () => {
  it("of a name that exists is ok, by the system's own resolver", async () => {
    expect(await attempt(createLookupTarget("localhost"))).toEqual({
      ...{ state: "ok", phases: { resolve: expect.any(Number) }, reading: { kind: "lookup" } },
    });
  });

  it("of what is no name is dns_error", async () => {
    const outcome = await attempt(createLookupTarget(`${"x".repeat(64)}.test`));
    expect(outcome).toMatchObject({ state: "failed", phase: "resolve", reason: "dns_error" });
    expect(outcome.state === "failed" && outcome.detail).toMatch(/^getaddrinfo E\w+ x{64}\.test$/);
  });

  it("that needs 5 s more than it should is ok and shows them", async () => {
    const { clock, asked, edges } = slowResolver();
    const outcome = attempt(createLookupTarget("nurse.test"), edges);
    await clock.advance(5.01);
    asked[0]?.resolve("10.0.0.1");
    expect(await outcome).toMatchObject({ state: "ok", phases: { resolve: 5.01 } });
    expect(clock.pending).toBe(0);
  });

  it("without an answer is dns_timeout after 12 s", async () => {
    const { clock, edges } = slowResolver();
    const outcome = attempt(createLookupTarget("nurse.test"), edges);
    await clock.advance(11.999);
    expect(clock.pending).toBe(1);
    await clock.advance(0.001);
    expect(await outcome).toMatchObject({
      ...{ state: "failed", reason: "dns_timeout", detail: "no answer within 12 s", phases: { resolve: 12 } },
    });
  });

  it("is not begun while an earlier one hangs, and that one's age is told", async () => {
    const { clock, asked, edges } = slowResolver();
    const target = createLookupTarget("nurse.test");
    const first = attempt(target, edges);
    await clock.advance(12);
    await first;
    await clock.advance(3);
    expect(await attempt(target, edges)).toMatchObject({
      ...{ state: "failed", reason: "dns_timeout", detail: "an earlier lookup has not ended yet" },
      phases: { resolve: 15 },
    });
    expect(asked).toHaveLength(1);
    asked[0]?.reject(new Error("too late for anybody to hear"));
    await clock.advance(1);
    const next = attempt(target, edges);
    asked[1]?.resolve("10.0.0.1");
    expect(await next).toMatchObject({ state: "ok", phases: { resolve: 0 } });
  });

  it("that is called off is discarded, and one that was called off before is not begun", async () => {
    const { clock, asked, edges } = slowResolver();
    const calledOff = new AbortController();
    const target = createLookupTarget("nurse.test");
    const outcome = attempt(target, edges, calledOff.signal);
    calledOff.abort("stopping");
    expect(await outcome).toEqual({ state: "discarded", why: "stopping" });
    expect(await attempt(target, edges, calledOff.signal)).toEqual({ state: "discarded", why: "stopping" });
    expect([asked.length, clock.pending]).toEqual([1, 0]);
    asked[0]?.reject(new Error("too late for anybody to hear"));
  });

  it("that this host lacks the files for says nothing", async () => {
    const lookup = () => Promise.reject(Object.assign(new Error("getaddrinfo EMFILE"), { code: "EMFILE" }));
    expect(await attempt(createLookupTarget("nurse.test"), testEdges({ lookup }))).toEqual({
      ...{ state: "discarded", why: "self-exhausted" },
    });
  });
});
