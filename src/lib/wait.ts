import type { Clock } from "../edges.ts";

/** Resolves after `seconds`, or as soon as `signal` is aborted. */
export function wait(clock: Clock, seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(Math.max(0, seconds), end);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
