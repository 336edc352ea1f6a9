import type { Clock } from "../edges.ts";
import type { Request } from "../probes/udp/datagram.ts";
import type { EchoLimits } from "./echoLimits.ts";

/** Counts which datagrams of each train arrived; the function returns how many distinct ones there were up to this request. */
export function createTrainCounts(
  clock: Clock,
  { trains, trainSeconds }: EchoLimits,
): (request: Request) => number {
  /** Oldest first. */
  const counts = new Map<bigint, { readonly since: number; readonly sequences: Set<number> }>();
  const begin = (train: bigint): Set<number> => {
    const now = clock.now();
    for (const [old, { since }] of counts) {
      if (counts.size < trains && now - since < trainSeconds) break;
      counts.delete(old);
    }
    const sequences = new Set<number>();
    counts.set(train, { since: now, sequences });
    return sequences;
  };
  return ({ train, sequence, query }) => {
    const known = counts.get(train)?.sequences;
    if (query) return known?.size ?? 0;
    return (known ?? begin(train)).add(sequence).size;
  };
}
