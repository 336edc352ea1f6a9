import { expect, test } from "vitest";
import type { Phase, Reason } from "../probes/probe.ts";
import { errorEvent } from "./errorEvent.ts";

const failed = (phase: Phase, reason: Reason, codes: number[] = []) =>
  errorEvent({
    state: "failed",
    phase,
    reason,
    detail: "",
    phases: {},
    reading: { kind: "http", roundTrips: codes.map((code) => ({ code, phases: {} })) },
  });

test.each([
  ["resolve", "dns_timeout", "dns_done"],
  ["resolve", "dns_error", "dns_done"],
  ["connect", "connect_timeout", "connect_done"],
  ["connect", "connect_refused", "connect_done"],
  ["tls", "tls_error", "tls_handshake_done"],
  ["processing", "response_timeout", "round_trip_error"],
  ["processing", "reset", "round_trip_error"],
  ["transfer", "body_stall", "round_trip_error"],
] as const)("%s that ends in %s is %s", (phase, reason, event) => {
  expect(failed(phase, reason)).toBe(event);
});

test("a status is that of the last round trip", () => {
  expect(failed("processing", "http_status", [302, 503])).toBe("status_code_503");
});
