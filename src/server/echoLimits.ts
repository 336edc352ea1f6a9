import type { Clock } from "../edges.ts";

/** A token bucket: `burst` at once, and `perSecond` in the long run. */
interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What the echo gives and remembers. */
export interface EchoLimits {
  readonly perSource: Rate;
  readonly total: Rate;
  /** Addresses whose rate is known. */
  readonly sources: number;
  /** Trains whose datagrams are counted. */
  readonly trains: number;
  readonly trainSeconds: number;
}

/** One agent sends 13 datagrams in 5 s at most; many can stand behind one address. Four times as many addresses as the largest cluster of Kubernetes has nodes. */
export const defaultEchoLimits: EchoLimits = {
  perSource: { perSecond: 200, burst: 400 },
  total: { perSecond: 5_000, burst: 5_000 },
  sources: 20_000,
  trains: 4_096,
  trainSeconds: 10,
};

/** Says of each datagram whether its source, and all together, are within their rates. */
export function createRateLimit(
  clock: Clock,
  limits: Pick<EchoLimits, "perSource" | "total" | "sources">,
): (source: string) => boolean {
  const total = createBucket(limits.total, clock.now());
  /** The one that was seen last is at the end. */
  const bySource = new Map<string, (now: number) => boolean>();
  return (source) => {
    const now = clock.now();
    const take = bySource.get(source) ?? createBucket(limits.perSource, now);
    bySource.delete(source);
    bySource.set(source, take);
    for (const oldest of bySource.keys()) {
      if (bySource.size <= limits.sources) break;
      bySource.delete(oldest);
    }
    return take(now) && total(now);
  };
}

/** Takes a token where there is one. */
export function createBucket({ perSecond, burst }: Rate, since: number): (now: number) => boolean {
  let tokens = burst;
  let at = since;
  return (now) => {
    tokens = Math.min(burst, tokens + (now - at) * perSecond);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
