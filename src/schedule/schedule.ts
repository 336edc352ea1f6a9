import type { Clock } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import { createSlots } from "./slots.ts";

/** Something done again and again. */
interface Repeated {
  /** Tells it apart from all others of the schedule. */
  readonly key: string;
  /** Seconds from one run to the next; absent means the schedule's own. */
  readonly intervalSeconds?: number;
  /** Monotonic seconds before which it does not start; absent means now. */
  readonly notBefore?: number;
  /** One run; must end soon after `signal` is aborted, and never reject. */
  run(signal: AbortSignal): Promise<void>;
}

/** The one owner of time: starts runs, each key in its own rhythm, and never two of one key at once. */
export interface Schedule {
  /** Begins a key's runs; those that it has already end as if it had left. */
  start(repeated: Repeated): void;
  /** Ends a key's runs; the one under way gets `reason` through its signal. */
  end(key: string, reason: unknown): void;
  /** Ends all, and resolves when no run is under way, be it of a key that was ended before. Nothing starts any more. */
  stop(reason: unknown): Promise<void>;
}

export function createSchedule(clock: Clock, random: () => number, intervalSeconds: number): Schedule {
  const running = new Map<string, AbortController>();
  const notEnded = new Set<Promise<void>>();
  let stopped = false;

  return {
    start(repeated) {
      if (stopped) return;
      // Without its controller nothing could end what runs, and `stop` would wait for it for ever.
      running.get(repeated.key)?.abort("peer-left");
      const controller = new AbortController();
      running.set(repeated.key, controller);
      const repeating = repeat({ intervalSeconds, ...repeated }, clock, random, controller.signal);
      const ended = repeating.finally(() => notEnded.delete(ended));
      notEnded.add(ended);
    },
    end(key, reason) {
      running.get(key)?.abort(reason);
      running.delete(key);
    },
    async stop(reason) {
      stopped = true;
      for (const controller of running.values()) controller.abort(reason);
      await Promise.all(notEnded);
    },
  };
}

async function repeat(
  { intervalSeconds, notBefore, run }: Repeated & { readonly intervalSeconds: number },
  clock: Clock,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  const slots = createSlots(intervalSeconds, random);
  const epoch = Math.max(clock.now(), notBefore ?? 0);
  while (!signal.aborted) {
    const start = epoch + slots.next(Math.max(0, clock.now() - epoch));
    await wait(clock, start - clock.now(), signal);
    if (!signal.aborted) await run(signal);
  }
}
