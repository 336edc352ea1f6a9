import { setTimeout as sleep } from "node:timers/promises";
import type { Path } from "./path.ts";

/** A minimum data retransmission timeout of Linux, doubled for each loss in a row; the most is our own, for a quick heal. */
const retransmitSeconds = { first: 0.2, most: 1.6 };
/** How often it is looked whether a process goes on. */
const lookSeconds = 0.02;

/**
 * Waits as long as `bytes` of an established TCP connection take that arrived at `from` at `since` (monotonic seconds).
 * @throws AbortError when `signal` is aborted.
 */
export async function cross(
  path: () => Path,
  bytes: number,
  since: number,
  signal: AbortSignal,
): Promise<void> {
  const pause = (seconds: number) => sleep(seconds * 1000, undefined, { signal });
  const late = since + path().delaySeconds - performance.now() / 1000;
  if (late > 0) await pause(late);
  for (let seconds = retransmitSeconds.first; isLost(path(), bytes); seconds *= 2) {
    await pause(Math.min(seconds, retransmitSeconds.most));
  }
  while (path().frozen) await pause(lookSeconds);
}

/** Whether a packet of this size gets lost this time. */
export function isLost({ lossShare, mostBytes }: Path, bytes: number): boolean {
  return bytes > mostBytes || Math.random() < lossShare;
}
