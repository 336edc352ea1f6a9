import { isIP } from "node:net";
import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";

/** A Service's address stays the same as long as the Service is there. */
const lookupSeconds = { unknown: 5, known: 60 };

/**
 * Tells a host's address when it is known and whenever it is another; the last one stands while lookups fail. Resolves when
 * `signal` is aborted.
 */
export async function followAddress(
  host: string,
  { lookup, clock }: Pick<Edges, "lookup" | "clock">,
  onAddress: (address: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let known: string | undefined;
  while (!signal.aborted) {
    const found = isIP(host) === 0 ? await lookup(host).catch(() => known) : host;
    if (signal.aborted) return;
    if (found !== undefined && found !== known) onAddress(found);
    known = found;
    await wait(clock, known === undefined ? lookupSeconds.unknown : lookupSeconds.known, signal);
  }
}
