import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Failed, Ok } from "./probe.ts";
import type { Reading } from "./reading.ts";

/**
 * How often the kernel sent a connection's SYN again until it was answered or given up after `connectSeconds`. It does so after a
 * second (RFC 6298, section 2.1) and as many seconds in a row as `linearTimeouts` says, then after 2, 4, 8 ... more: with 4 at 1, 2, 3, 4,
 * 5, 7, 11 s, with 0 at 1, 3, 7, 15 s. In a cluster that means as many lost SYNs or answers to them; a way that takes longer than a second
 * makes the kernel send again, too, although nothing was lost.
 */
export function synRetransmits(connectSeconds: number, linearTimeouts: number): number {
  let count = 0;
  for (let at = 1; at <= connectSeconds; at += 2 ** Math.max(0, count - linearTimeouts)) count += 1;
  return count;
}

/** Of all connections of an attempt, as far as their times are known. */
export function synRetransmitsOf(outcome: Ok<Reading> | Failed<Reading>, linearTimeouts: number): number {
  // Without a way to the host its SYN waits here, whatever the time.
  if (outcome.state === "failed" && unsent.has(outcome.reason)) return 0;
  const wasAnswered = outcome.state === "ok" || outcome.reason !== "connect_timeout";
  const lateness = wasAnswered ? 1 : timerLateness;
  return connectTimes(outcome).reduce(
    (sum, seconds) => sum + synRetransmits(seconds / lateness, linearTimeouts),
    0,
  );
}

const unsent = new Set(["connect_unreachable"]);
/** The kernel's timer is late by so much, its fifth SYN goes after 5.10 s: one due at the very deadline was not sent. */
const timerLateness = 1.02;

/** A redirect makes several connections; the phases of an outcome are their sum. */
function connectTimes({ phases, reading }: Ok<Reading> | Failed<Reading>): number[] {
  const known = reading.kind === "http" ? reading.roundTrips.map((trip) => trip.phases.connect ?? 0) : [];
  const rest = (phases.connect ?? 0) - known.reduce((sum, seconds) => sum + seconds, 0);
  return [...known, rest];
}

/** The kernel's `tcp_syn_linear_timeouts`; before Linux 6.5 there was none, which is the same as 0. */
export function readLinearTimeouts(proc: string): number {
  try {
    return Number(readFileSync(join(proc, "sys/net/ipv4/tcp_syn_linear_timeouts"), "utf8"));
  } catch {
    return 0;
  }
}

/** SYNs sent again since the network namespace's begin, by all that is in it; absent where the kernel does not tell. */
export function readSynRetransmits(proc: string): number | undefined {
  try {
    const lines = readFileSync(join(proc, "self/net/netstat"), "utf8").split("\n");
    const [names, values] = lines
      .filter((line) => line.startsWith("TcpExt: "))
      .map((line) => line.split(" "));
    const count = Number(values?.[names?.indexOf("TCPSynRetrans") ?? -1]);
    return Number.isNaN(count) ? undefined : count;
  } catch {
    return undefined;
  }
}
