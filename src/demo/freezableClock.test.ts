import { expect, test, vi } from "vitest";
import { createFreezableClock } from "./freezableClock.ts";

test("what falls due while frozen is called in order when thawed, unless it was cancelled", async () => {
  const clock = createFreezableClock();
  const called: string[] = [];
  clock.freeze();
  clock.after(0.015, () => called.push("second"));
  clock.after(0.001, () => called.push("first"));
  const cancel = clock.after(0.02, () => called.push("never"));
  clock.after(0.03, () => called.push("last"));
  const begun = clock.now();
  await vi.waitFor(() => expect(clock.now() - begun).toBeGreaterThan(0.06));
  expect(called).toEqual([]);
  cancel();
  clock.thaw();
  expect(called).toEqual(["first", "second", "last"]);
});

test("a held callback can cancel another one", async () => {
  const clock = createFreezableClock();
  const called: string[] = [];
  clock.freeze();
  let cancelOther = () => {};
  clock.after(0.001, () => {
    called.push("first");
    cancelOther();
  });
  cancelOther = clock.after(0.002, () => called.push("other"));
  const begun = clock.now();
  await vi.waitFor(() => expect(clock.now() - begun).toBeGreaterThan(0.06));
  clock.thaw();
  expect(called).toEqual(["first"]);
});

test("a leap makes both times later by an hour, and what was waited for comes no sooner", async () => {
  const clock = createFreezableClock();
  const [before, wallBefore] = [clock.now(), clock.wallNow()];
  const called = vi.fn();
  const cancel = clock.after(3_000, called);
  clock.leap();
  expect(clock.now() - before).toBeGreaterThanOrEqual(3_600);
  expect(clock.wallNow() - wallBefore).toBeGreaterThanOrEqual(3_600);
  await new Promise((resolve) => clock.after(0, () => resolve(undefined)));
  expect(called).not.toHaveBeenCalled();
  cancel();
});
