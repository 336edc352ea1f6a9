import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fleetReports, nodeNames } from "../../test/peers/fleetReports.ts";
import type { Report } from "./report.ts";
import { topologyOf } from "./topology.ts";
import { createWindows, type Window } from "./windows.ts";

const nodes = nodeNames(4);
const at = (until: number): Report[] => fleetReports({ until, nodes });
const total = ({ pane }: Window) => pane.good.reduce((sum, count) => sum + count, 0);
/** Of one node's report: 3 neighbours, each with 1 + 10 + 1 probes. */
const perReport = 36;

function windowsFrom(now: number) {
  return createWindows(topologyOf({}), now);
}

describe("windows", () => {
  it("end at multiples of their steps, and hold what was reported in them", () => {
    const windows = windowsFrom(300);
    const closed: Window[] = [];
    for (let until = 305; until <= 360; until += 5) {
      for (const report of at(until)) windows.accept(report, until);
      closed.push(...windows.close(until));
    }
    const of = (seconds: number) => closed.filter((window) => window.seconds === seconds);
    expect(of(10).map(({ until }) => until)).toEqual(Array.from({ length: 12 }, (_, n) => 305 + 5 * n));
    expect(of(60).map(({ until }) => until)).toEqual([310, 320, 330, 340, 350, 360]);
    expect(of(300).map(({ until }) => until)).toEqual([330, 360]);
    expect(of(10).slice(1).map(total)).toEqual(Array(11).fill(2 * 4 * perReport));
    expect(of(60).at(-1)).toSatisfy((window: Window) => total(window) === 12 * 4 * perReport);
  });

  it("forget what is too long ago", () => {
    const windows = windowsFrom(300);
    for (const report of at(305)) windows.accept(report, 305);
    const after = windows.close(900).filter(({ until }) => until > 610);
    expect(after.length).toBeGreaterThan(90);
    expect(after.map(total).filter((count) => count > 0)).toEqual([]);
  });

  it("wait for agents that reported before, but not for long", () => {
    const windows = windowsFrom(300);
    for (const report of at(305)) windows.accept(report, 305);
    windows.close(307);
    for (const report of at(310).slice(1)) windows.accept(report, 310);
    expect(windows.close(311.9)).toEqual([]);
    expect(windows.close(312)).toHaveLength(2);
  });

  it("take no report that is late, repeated or of the future", () => {
    const windows = windowsFrom(300);
    const [report, other] = at(305);
    if (report === undefined || other === undefined) throw new Error("there are four");
    expect(windows.accept(report, 303)).toBe("accepted");
    expect(windows.accept(report, 303)).toBe("repeated");
    expect(windows.accept(other, 302.9)).toBe("future");
    const closed = windows.close(307);
    expect(windows.accept(other, 307)).toBe("late");
    expect(closed.map(total)).toEqual([perReport]);
  });

  it("hold the same in whatever order reports come, with any repeated", () => {
    const all = [305, 310, 315, 320].flatMap(at);
    const places = [...all, ...all].map((_, index) => index % all.length);
    const order = fc.shuffledSubarray(places, { minLength: places.length });
    fc.assert(
      fc.property(order, (order) => {
        const windows = windowsFrom(300);
        for (const report of order.flatMap((place) => all[place] ?? [])) windows.accept(report, 320);
        const closed = windows.close(330).filter(({ seconds, until }) => seconds === 10 && until <= 320);
        expect(closed.map(total)).toEqual([1, 2, 2, 2].map((slots) => slots * 4 * perReport));
      }),
      { numRuns: 20 },
    );
  });

  it("keep what they hold when the cluster's parts change", () => {
    const windows = windowsFrom(300);
    for (const report of at(305)) windows.accept(report, 305);
    windows.close(307);
    const { graph, numbers } = windows.follow(topologyOf({ zones: new Map([["node-0", "a"]]) }));
    expect(graph.flows).toBe(numbers.length);
    for (const report of at(310)) windows.accept(report, 310);
    const [ten] = windows.close(312);
    expect(ten && total(ten)).toBe(2 * 4 * perReport);
  });
});
