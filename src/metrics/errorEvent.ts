import type { HttpReading } from "../probes/http/reading.ts";
import type { Failed } from "../probes/probe.ts";

/** The `event` under which `kubenurse_errors_total` counts a failure; the only place that derives it. */
export function errorEvent(failed: Failed<HttpReading>): string {
  const last = failed.reading.roundTrips.at(-1);
  if (failed.reason === "http_status" && last !== undefined) return `status_code_${last.code}`;
  switch (failed.phase) {
    case "resolve":
      return "dns_done";
    case "connect":
      return "connect_done";
    case "tls":
      return "tls_handshake_done";
    default:
      return "round_trip_error";
  }
}
