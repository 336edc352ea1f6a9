import type { Clock } from "../edges.ts";

/** After so many seconds an agent that did not check again no longer counts. */
const keptSeconds = 60;
/** Anyone can send the header, so what is kept has a bound: four times the largest cluster Kubernetes supports. */
const mostOrigins = 20_000;

/** Who checked this agent lately. */
export interface IncomingChecks {
  /** `origin` is the value of a request's origin header; one that is no DNS name is left out. */
  record(origin: string): void;
  /** Distinct origins of the last 60 s. */
  count(): number;
}

export function createIncomingChecks(clock: Clock): IncomingChecks {
  /** Oldest first: an origin that is seen again moves to the end. */
  const lastSeen = new Map<string, number>();
  const forgetOld = () => {
    for (const [origin, at] of lastSeen) {
      if (clock.now() - at < keptSeconds) break;
      lastSeen.delete(origin);
    }
  };
  return {
    record(origin) {
      if (!looksLikeDnsName(origin)) return;
      forgetOld();
      lastSeen.delete(origin);
      if (lastSeen.size < mostOrigins) lastSeen.set(origin, clock.now());
    },
    count() {
      forgetOld();
      return lastSeen.size;
    },
  };
}

function looksLikeDnsName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);
}
