import { describe, expect, it } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import { followAddress } from "./followAddress.ts";

/** Follows `host` by answers that are given one after the other; "" is a failure. */
function start(host: string, ...answers: string[]) {
  const clock = simulatedClock();
  const ending = new AbortController();
  const told: string[] = [];
  const asked: number[] = [];
  const lookup = async () => {
    asked.push(clock.now());
    return answers.shift() || Promise.reject(new Error("ENOTFOUND"));
  };
  const ended = followAddress(host, { lookup, clock }, (address) => told.push(address), ending.signal);
  return { clock, ending, told, asked, ended };
}

describe("an address that is followed", () => {
  it("is told once, again when it is another, and stands while lookups fail", async () => {
    const { clock, told, asked } = start("nurses.test", "10.0.0.1", "10.0.0.1", "", "10.0.0.1", "10.0.0.2");
    await clock.advance(200);
    expect(told).toEqual(["10.0.0.1"]);
    await clock.advance(50);
    expect(told).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(asked).toEqual([0, 60, 120, 180, 240]);
  });

  it("is asked for sooner as long as it is not known", async () => {
    const { clock, told, asked } = start("nurses.test", "", "", "10.0.0.1");
    await clock.advance(12);
    expect(told).toEqual(["10.0.0.1"]);
    expect(asked).toEqual([0, 5, 10]);
  });

  it("that is literal is told without a lookup", async () => {
    const { clock, told, asked } = start("fd00::1");
    await clock.advance(100);
    expect(told).toEqual(["fd00::1"]);
    expect(asked).toEqual([]);
  });

  it("is not told any more after the end, which leaves no timer", async () => {
    const { clock, ending, told, ended } = start("nurses.test", "10.0.0.1", "10.0.0.2");
    await clock.advance(1);
    ending.abort();
    await ended;
    await clock.advance(100);
    expect(told).toEqual(["10.0.0.1"]);
    expect(clock.pending).toBe(0);
  });
});
