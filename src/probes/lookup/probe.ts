import type { Clock } from "../../edges.ts";
import { startDeadline } from "../../schedule/deadline.ts";
import { isOwnLack, ProbeError, reasonOf } from "../failure.ts";
import type { Probe } from "../probe.ts";
import type { LookupReading } from "./reading.ts";
import type { LookupTarget } from "./target.ts";

/** A little more than glibc takes by default to give up one name: two tries of 5 s. */
const totalSeconds = 12;

/** One lookup by the system's resolver, as applications make it. Its duration tells how often the resolver had to ask again. */
export const lookupProbe: Probe<LookupTarget, LookupReading> = {
  kind: "lookup",
  reasons: ["dns_timeout", "dns_error"],
  phases: ["resolve"],
  async attempt(target, { signal, edges }) {
    const reading: LookupReading = { kind: "lookup" };
    let begun = edges.clock.now();
    const phases = () => ({ resolve: edges.clock.now() - begun });
    try {
      signal.throwIfAborted();
      const lookup = target.begin(edges);
      if (lookup.state === "unfinished") {
        begun = lookup.since;
        throw new ProbeError("dns_timeout", "an earlier lookup has not ended yet");
      }
      await inTime(lookup.address, edges.clock, signal);
      return { state: "ok", phases: phases(), reading };
    } catch (error) {
      if (signal.aborted) return { state: "discarded", why: signal.reason };
      if (isOwnLack(error)) return { state: "discarded", why: "self-exhausted" };
      const detail = error instanceof Error ? error.message : String(error);
      const reason = reasonOf(error, "resolve");
      return { state: "failed", phase: "resolve", reason, detail, phases: phases(), reading };
    }
  },
};

/** Stops to wait when the time is over or `signal` is aborted; the lookup itself goes on. */
function inTime(address: Promise<string>, clock: Clock, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const onAbort = () => reject(signal.reason);
  const cancelDeadline = startDeadline(clock, totalSeconds, () =>
    reject(new ProbeError("dns_timeout", `no answer within ${totalSeconds} s`)),
  );
  signal.addEventListener("abort", onAbort, { once: true });
  address.then(resolve, reject);
  return promise.finally(() => {
    cancelDeadline();
    signal.removeEventListener("abort", onAbort);
  });
}
