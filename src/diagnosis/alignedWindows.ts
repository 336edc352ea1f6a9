import type { Clock } from "../edges.ts";
import { wait } from "../lib/wait.ts";

/**
 * Calls at the end of each window of `seconds`, whose ends are whole multiples on the wall clock, until `signal` is aborted. `until` is in
 * Unix seconds; it is absent for a window in which a clock was set or the machine slept, and which has no place on the wall clock.
 */
export async function followWindows(
  clock: Clock,
  seconds: number,
  onEnd: (elapsedSeconds: number, until?: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const nextEnd = () => (Math.floor(clock.wallNow() / seconds) + 1) * seconds;
  let until = nextEnd();
  while (!signal.aborted) {
    const begun = clock.now();
    await wait(clock, until - clock.wallNow(), signal);
    if (signal.aborted) return;
    const jumped = Math.abs(clock.wallNow() - until) >= seconds;
    onEnd(clock.now() - begun, jumped ? undefined : until);
    until = jumped ? nextEnd() : until + seconds;
  }
}
