import { dnsProbe } from "./dns/probe.ts";
import { httpProbe } from "./http/probe.ts";
import { lookupProbe } from "./lookup/probe.ts";
import { payloadProbe } from "./payload/probe.ts";
import type { Probe } from "./probe.ts";
import type { ProbeKind, Reading } from "./reading.ts";
import { serviceProbe } from "./service/probe.ts";
import { tcpProbe } from "./tcp/probe.ts";
import { udpProbe } from "./udp/probe.ts";

/** Every way to test a target, by its kind. */
export const probes = {
  http: httpProbe,
  tcp: tcpProbe,
  dns: dnsProbe,
  lookup: lookupProbe,
  udp: udpProbe,
  payload: payloadProbe,
  service: serviceProbe,
} satisfies { readonly [kind in ProbeKind]: Probe<never, Extract<Reading, { kind: kind }>> };
