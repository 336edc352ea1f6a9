import type { Clock } from "../edges.ts";

/**
 * Calls back after `seconds` unless cancelled. After a stall, timers fire before sockets that became ready meanwhile are
 * read, so an expired deadline waits for one turn of the event loop, in which the answer can still cancel it.
 */
export function startDeadline(clock: Clock, seconds: number, onExpired: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const cancelTimer = clock.after(seconds, () => {
    turn = setImmediate(onExpired);
  });
  return () => {
    cancelTimer();
    clearImmediate(turn);
  };
}
