import { ProbeError, timeoutReason } from "./failure.ts";
import type { Stopwatch } from "./http/stopwatch.ts";

/** What a piece of an attempt gets to open connections with. */
export interface Scope {
  /** Aborted when the piece is called off, expired or done: what is tied to it is closed then. */
  readonly signal: AbortSignal;
  /** Ends the piece because the phase under way took longer than `seconds`. */
  readonly expire: (seconds: number) => void;
}

/**
 * Runs a piece of an attempt, and closes at its end whatever it tied to its signal.
 * @throws the first cause: what called it off or let it expire, ahead of the errors that followed from that.
 */
export async function inScope<Value>(
  signal: AbortSignal,
  stopwatch: Stopwatch,
  work: (scope: Scope) => Promise<Value>,
): Promise<Value> {
  const ending = new AbortController();
  const expire = (seconds: number) => {
    const { phase } = stopwatch;
    ending.abort(new ProbeError(timeoutReason(phase), `${phase}: no answer within ${seconds} s`));
  };
  const onAbort = () => ending.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await work({ signal: ending.signal, expire });
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Without a reason an error would be made of it, with a stack.
    ending.abort("done");
  }
}
