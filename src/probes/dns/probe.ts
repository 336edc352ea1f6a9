import { startDeadline } from "../../schedule/deadline.ts";
import { isOwnLack, ProbeError, reasonOf } from "../failure.ts";
import { createStopwatch } from "../http/stopwatch.ts";
import type { Outcome, Phases, Probe, Reason } from "../probe.ts";
import { inScope } from "../scope.ts";
import { ask } from "./ask.ts";
import { type Answer, createQuery } from "./query.ts";
import type { DnsReading } from "./reading.ts";
import type { DnsTarget } from "./target.ts";

/** Over UDP what CoreDNS and NodeLocal DNSCache wait for an upstream; over TCP glibc's patience, in which a few lost packets are sent again. */
const totalSeconds = { udp: 2, tcp: 5 };

/** One query, sent once. It is ok when the server says NOERROR and gives what the target expects. */
export const dnsProbe: Probe<DnsTarget, DnsReading> = {
  kind: "dns",
  reasons: [
    "dns_timeout",
    "dns_error",
    "dns_truncated",
    "dns_mismatch",
    "connect_timeout",
    "connect_refused",
    "connect_unreachable",
    "reset",
  ],
  phases: ["connect", "processing"],
  async attempt(target, { signal, edges }) {
    const query = createQuery(target, edges.random);
    const stopwatch = createStopwatch(edges.clock);
    const seconds = totalSeconds[target.transport === "tcp" ? "tcp" : "udp"];
    let mismatch: ProbeError | undefined;
    const accept = (message: Buffer) => {
      const received = query.read(message);
      if (received.state === "answer") return received;
      mismatch = new ProbeError("dns_mismatch", received.detail);
      return undefined;
    };
    try {
      const answer = await inScope(signal, stopwatch, async (scope) => {
        const cancelDeadline = startDeadline(edges.clock, seconds, () => scope.expire(seconds));
        const options = { message: query.message, accept, edges, stopwatch, ...scope };
        return ask(target, options).finally(cancelDeadline);
      });
      return outcomeOf(answer, target, stopwatch.end());
    } catch (error) {
      if (signal.aborted) return { state: "discarded", why: signal.reason };
      // Whatever ended the wait then, something did come back.
      const cause = mismatch ?? error;
      if (isOwnLack(cause)) return { state: "discarded", why: "self-exhausted" };
      const { phase } = stopwatch;
      const detail = cause instanceof Error ? cause.message : String(cause);
      const reading: DnsReading = { kind: "dns" };
      return { state: "failed", phase, reason: dnsReasonOf(cause), detail, phases: stopwatch.end(), reading };
    }
  },
};

/** Over UDP, a closed port or a host out of reach shows only after the query, in another phase than over TCP. */
function dnsReasonOf(cause: unknown): Reason {
  const reason = reasonOf(cause, "connect");
  return reason === "response_timeout" ? "dns_timeout" : reason;
}

function outcomeOf(answer: Answer, target: DnsTarget, phases: Phases): Outcome<DnsReading> {
  const { rcode, bytes, truncated } = answer;
  const reading: DnsReading = { kind: "dns", rcode, bytes, truncated };
  const fault = faultOf(answer, target);
  if (fault === undefined) return { state: "ok", phases, reading };
  return { state: "failed", phase: "processing", ...fault, phases, reading };
}

function faultOf(
  { rcode, bytes, truncated, records }: Answer,
  { type, expect }: DnsTarget,
): { readonly reason: Reason; readonly detail: string } | undefined {
  if (rcode !== "NOERROR") return { reason: "dns_error", detail: rcode };
  if (truncated) return { reason: "dns_truncated", detail: `truncated at ${bytes} bytes` };
  const lacks = expect === "answers" && records === 0;
  return lacks ? { reason: "dns_error", detail: `NOERROR without a record of type ${type}` } : undefined;
}
