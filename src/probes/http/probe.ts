import { validateHeaderValue } from "node:http";
import { startDeadline } from "../../schedule/deadline.ts";
import { isOwnLack, ProbeError, reasonOf, timeoutReason } from "../failure.ts";
import type { Failed, Outcome, Probe } from "../probe.ts";
import { type Expectation, isExpectedStatus, lackOf } from "./expectation.ts";
import { type Answer, get } from "./get.ts";
import type { HttpReading, RoundTrip } from "./reading.ts";
import { createStopwatch, type Stopwatch, sumPhases } from "./stopwatch.ts";
import type { HttpTarget } from "./target.ts";

/** The whole attempt, redirects included. */
const totalSeconds = 6;
const redirectsFollowed = 10;

/** One GET, and what it is redirected to. It is ok when the final answer is as expected: unless told otherwise, when its status is 200, whatever its body. */
export const httpProbe: Probe<HttpTarget, HttpReading> = {
  kind: "http",
  reasons: [
    "dns_timeout",
    "dns_error",
    "connect_timeout",
    "connect_refused",
    "connect_unreachable",
    "tls_error",
    "reset",
    "response_timeout",
    "http_status",
    "body_stall",
    "body_mismatch",
  ],
  phases: ["resolve", "connect", "tls", "processing", "transfer"],
  async attempt(target, { signal, edges }) {
    const { expect = {} } = target;
    const roundTrips: RoundTrip[] = [];
    let answeredBy: HttpReading["answeredBy"];
    let certificateEnds: HttpReading["certificateEnds"];
    /** Measures what is not among the round trips yet. */
    let stopwatch = createStopwatch(edges.clock);
    const ending = new AbortController();
    const expire = (seconds: number) =>
      ending.abort(
        new ProbeError(timeoutReason(stopwatch.phase), `${stopwatch.phase}: no answer within ${seconds} s`),
      );
    const onCertificates = (ends: readonly number[]) => {
      certificateEnds = ends;
    };
    const conclude = (fault?: Fault): Outcome<HttpReading> => {
      const phases = sumPhases([...roundTrips.map((trip) => trip.phases), stopwatch.end()]);
      const reading: HttpReading = { kind: "http", roundTrips, answeredBy, certificateEnds };
      return fault === undefined
        ? { state: "ok", phases, reading }
        : { state: "failed", ...fault, phases, reading };
    };
    const cancelDeadline = startDeadline(edges.clock, totalSeconds, () => expire(totalSeconds));
    const onAbort = () => ending.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const token = readToken(target);
      if (token === "unreadable") return { state: "discarded", why: "token-unreadable" };
      const options = { target, token, edges, expire, onCertificates, signal: ending.signal };
      for (let url = target.url; ; ) {
        const answer = await get(url, { ...options, stopwatch });
        roundTrips.push({ code: answer.code, phases: stopwatch.end() });
        answeredBy = answer.answeredBy;
        const { redirect } = answer;
        const good = isExpectedStatus(answer.code, expect);
        if (redirect === undefined || good || roundTrips.length > redirectsFollowed) {
          stopwatch = createStopwatch(edges.clock);
          const fault = good ? await faultOfBody(answer, expect, stopwatch) : faultOfStatus(answer);
          await answer.finish();
          return conclude(fault);
        }
        await answer.finish();
        stopwatch = createStopwatch(edges.clock);
        url = redirect;
      }
    } catch (error) {
      const cause = ending.signal.aborted ? ending.signal.reason : error;
      // Closes whatever the attempt opened.
      ending.abort(cause);
      if (signal.aborted) return { state: "discarded", why: signal.reason };
      if (isOwnLack(cause)) return { state: "discarded", why: "self-exhausted" };
      const { phase } = stopwatch;
      const detail = cause instanceof Error ? cause.message : String(cause);
      return conclude({ phase, reason: reasonOf(cause, phase), detail });
    } finally {
      cancelDeadline();
      signal.removeEventListener("abort", onAbort);
    }
  },
};

function readToken({ bearerToken }: HttpTarget): { bearer?: string } | "unreadable" {
  if (bearerToken === undefined) return {};
  try {
    const bearer = bearerToken();
    validateHeaderValue("authorization", bearer);
    return { bearer };
  } catch {
    return "unreadable";
  }
}

type Fault = Pick<Failed<HttpReading>, "phase" | "reason" | "detail">;

function faultOfStatus({ text }: Answer): Fault {
  return { phase: "processing", reason: "http_status", detail: text };
}

async function faultOfBody(
  answer: Answer,
  { body }: Expectation,
  stopwatch: Stopwatch,
): Promise<Fault | undefined> {
  if (body === undefined) return undefined;
  stopwatch.begin("transfer");
  const detail = lackOf(await answer.body(), body);
  return detail === undefined ? undefined : { phase: "transfer", reason: "body_mismatch", detail };
}
