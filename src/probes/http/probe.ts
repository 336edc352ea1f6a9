import { validateHeaderValue } from "node:http";
import { startDeadline } from "../../schedule/deadline.ts";
import { isOwnLack, ProbeError, reasonOf, timeoutReason } from "../failure.ts";
import type { Outcome, Probe } from "../probe.ts";
import { get } from "./get.ts";
import type { HttpReading, RoundTrip } from "./reading.ts";
import { createStopwatch, type Stopwatch, sumPhases } from "./stopwatch.ts";
import type { HttpTarget } from "./target.ts";

/** The whole attempt, redirects included. */
const totalSeconds = 6;
const redirectsFollowed = 10;

/** One GET, and what it is redirected to. It is ok when the status of the final answer is exactly 200; its body does not matter. */
export const httpProbe: Probe<HttpTarget, HttpReading> = {
  kind: "http",
  async attempt(target, { signal, edges }) {
    const roundTrips: RoundTrip[] = [];
    const ending = new AbortController();
    let stopwatch = createStopwatch(edges.clock);
    const expire = (seconds: number) =>
      ending.abort(
        new ProbeError(timeoutReason(stopwatch.phase), `${stopwatch.phase}: no answer within ${seconds} s`),
      );
    const cancelDeadline = startDeadline(edges.clock, totalSeconds, () => expire(totalSeconds));
    const onAbort = () => ending.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      const token = readToken(target);
      if (token === "unreadable") return { state: "discarded", why: "token-unreadable" };
      for (let url = target.url; ; ) {
        stopwatch = createStopwatch(edges.clock);
        const answer = await get(url, { target, token, edges, stopwatch, expire, signal: ending.signal });
        roundTrips.push({ code: answer.code, phases: stopwatch.end() });
        await answer.finish();
        if (answer.redirect === undefined || roundTrips.length > redirectsFollowed) {
          return outcomeOf(answer, roundTrips);
        }
        url = answer.redirect;
      }
    } catch (error) {
      const cause = ending.signal.aborted ? ending.signal.reason : error;
      // Closes whatever the attempt opened.
      ending.abort(cause);
      if (signal.aborted) return { state: "discarded", why: signal.reason };
      if (isOwnLack(cause)) return { state: "discarded", why: "self-exhausted" };
      return failureOf(cause, stopwatch, roundTrips);
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

function outcomeOf(
  { code, text }: { code: number; text: string },
  roundTrips: readonly RoundTrip[],
): Outcome<HttpReading> {
  const phases = sumPhases(roundTrips.map((trip) => trip.phases));
  const reading = { roundTrips };
  if (code === 200) return { state: "ok", phases, reading };
  return { state: "failed", phase: "processing", reason: "http_status", detail: text, phases, reading };
}

function failureOf(
  error: unknown,
  stopwatch: Stopwatch,
  roundTrips: readonly RoundTrip[],
): Outcome<HttpReading> {
  const phase = stopwatch.phase;
  const phases = sumPhases([...roundTrips.map((trip) => trip.phases), stopwatch.end()]);
  const detail = error instanceof Error ? error.message : String(error);
  return { state: "failed", phase, reason: reasonOf(error, phase), detail, phases, reading: { roundTrips } };
}
