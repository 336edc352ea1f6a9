import { expect, it } from "vitest";
import { simulatedClock } from "../../test/peers/simulatedClock.ts";
import type { Failed, Reason } from "../probes/probe.ts";
import { createProof, provenGrace } from "./provenGrace.ts";

function failure(reason: Reason): Failed<string> {
  return { state: "failed", phase: "connect", reason, detail: reason, phases: {}, reading: "" };
}

/** Two targets of one sort on a clock that stands still, and what became of their failures. */
function twoTargets() {
  const clock = simulatedClock();
  const grace = provenGrace(createProof());
  const said: string[] = [];
  const target = (name: string) =>
    grace<string>(clock, {
      count: ({ reason }) => void said.push(`${name} failed ${reason}`),
      discard: (why) => void said.push(`${name} discarded ${why}`),
    });
  return { clock, said, near: target("near"), far: target("far") };
}

it("discards failures as long as no target of the sort ever answered", async () => {
  const { clock, said, near } = twoTargets();
  near.failed(failure("lost"));
  await clock.advance(60);
  expect(said).toEqual(["near discarded unproven"]);
});

it("counts failures of all targets once one answered", async () => {
  const { clock, said, near, far } = twoTargets();
  near.answered();
  await clock.advance(15);
  far.failed(failure("lost"));
  await clock.advance(1);
  expect(said).toEqual(["far failed lost"]);
});

it("gives a target that did not answer yet its time, and one that did none", async () => {
  const { clock, said, near, far } = twoTargets();
  near.answered();
  await clock.advance(14);
  far.failed(failure("lost"));
  near.failed(failure("lost"));
  await clock.advance(1);
  expect(said).toEqual(["far discarded starting", "near failed lost"]);
});

it("discards refusals of a target that never answered, and counts those of one that did", async () => {
  const { clock, said, near, far } = twoTargets();
  near.answered();
  near.failed(failure("connect_refused"));
  far.failed(failure("connect_refused"));
  await clock.advance(1);
  expect(said).toEqual(["far discarded unproven", "near failed connect_refused"]);
});

it("discards a failure whose target leaves a moment later", async () => {
  const { clock, said, near } = twoTargets();
  near.answered();
  near.failed(failure("lost"));
  near.end("peer-left");
  await clock.advance(60);
  expect(said).toEqual(["near discarded peer-left"]);
});
