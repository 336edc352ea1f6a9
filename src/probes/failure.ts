import type { Phase, Reason } from "./probe.ts";

/** Ends an attempt where its reason is already known. */
export class ProbeError extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}

/** The reason for a deadline that expired in `phase`. */
export function timeoutReason(phase: Phase): Reason {
  if (phase === "resolve") return "dns_timeout";
  if (phase === "connect") return "connect_timeout";
  return phase === "transfer" ? "body_stall" : "response_timeout";
}

/** Whether this host or process lacked files, memory, buffers or ports, which says nothing about the network. */
export function isOwnLack(error: unknown): boolean {
  return ownLacks.has((error as NodeJS.ErrnoException).code ?? "");
}

/** The reason for an error of a socket, resolver or parser in `phase`. */
export function reasonOf(error: unknown, phase: Phase): Reason {
  if (error instanceof ProbeError) return error.reason;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (phase === "resolve") return dnsTimeouts.has(code) ? "dns_timeout" : "dns_error";
  if (code === "ETIMEDOUT") return timeoutReason(phase);
  if (resets.has(code)) return "reset";
  if (phase === "connect") return code === "ECONNREFUSED" ? "connect_refused" : "connect_unreachable";
  return phase === "tls" ? "tls_error" : "body_mismatch";
}

const dnsTimeouts = new Set(["ETIMEOUT", "ETIMEDOUT"]);
const resets = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);
const ownLacks = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EADDRNOTAVAIL"]);
