import { setTimeout as sleep } from "node:timers/promises";
import type { Extent, Fault } from "../faults.ts";

/** What happens at the moment to packets that go from one place to another. */
export interface Path {
  /** 0 to 1; 1 is a black hole. */
  readonly lossShare: number;
  readonly delaySeconds: number;
  /** The process at one of the ends stands still: its kernel works, but it reads and writes nothing. */
  readonly frozen: boolean;
}

/** Within a node there is no network, so only its process can stand still. */
export function pathBetween(from: string, to: string, faults: readonly Fault[]): Path {
  let passing = 1;
  let delaySeconds = 0;
  let frozen = false;
  for (const fault of faults) {
    if (fault.kind === "freeze") frozen ||= fault.node === from || fault.node === to;
    if (from === to) continue;
    if (fault.kind === "dead-node" && (fault.node === from || fault.node === to)) passing = 0;
    if (fault.kind === "black-hole" && covers(fault, from, to)) passing = 0;
    if (fault.kind === "loss" && covers(fault.on, from, to)) passing *= 1 - fault.share;
    if (fault.kind === "delay" && covers(fault.on, from, to)) delaySeconds += fault.seconds;
  }
  return { lossShare: 1 - passing, delaySeconds, frozen };
}

function covers(extent: Extent, from: string, to: string): boolean {
  if ("node" in extent) return extent.node === from || extent.node === to;
  return extent.from === from && extent.to === to;
}

/** A minimum data retransmission timeout of Linux, doubled for each loss in a row; the most is our own, for a quick heal. */
const retransmitSeconds = { first: 0.2, most: 1.6 };

/**
 * Waits as long as a segment of an established TCP connection takes that arrived at `from` at `since` (monotonic seconds).
 * @throws AbortError when `signal` is aborted.
 */
export async function cross(path: () => Path, since: number, signal: AbortSignal): Promise<void> {
  const late = since + path().delaySeconds - performance.now() / 1000;
  if (late > 0) await sleep(late * 1000, undefined, { signal });
  for (let seconds = retransmitSeconds.first; isHeldUp(path()); seconds *= 2) {
    await sleep(Math.min(seconds, retransmitSeconds.most) * 1000, undefined, { signal });
  }
}

function isHeldUp({ frozen, lossShare }: Path): boolean {
  return frozen || Math.random() < lossShare;
}
