import { dnsProbe } from "../probes/dns/probe.ts";
import type { DnsTarget } from "../probes/dns/target.ts";
import { lookupProbe } from "../probes/lookup/probe.ts";
import { createLookupTarget } from "../probes/lookup/target.ts";
import type { Check } from "./checks.ts";

type Frame = Omit<Check, "attempt" | "close">;

/** Makes a check that asks one DNS server; a port that is kept goes with it. */
export function dnsCheck(frame: Frame, target: DnsTarget): Check {
  const { transport } = target;
  return {
    ...frame,
    attempt: (context) => dnsProbe.attempt(target, context),
    ...(typeof transport === "object" ? { close: () => transport.close() } : {}),
  };
}

/** Makes a check that asks the system's resolver. */
export function lookupCheck(frame: Frame, hostname: string): Check {
  const target = createLookupTarget(hostname);
  return { ...frame, attempt: (context) => lookupProbe.attempt(target, context) };
}
