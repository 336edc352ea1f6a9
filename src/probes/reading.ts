import type { DnsReading } from "./dns/reading.ts";
import type { HttpReading } from "./http/reading.ts";
import type { LookupReading } from "./lookup/reading.ts";
import type { PayloadReading } from "./payload/reading.ts";
import type { ServiceReading } from "./service/reading.ts";
import type { TcpReading } from "./tcp/reading.ts";
import type { UdpReading } from "./udp/reading.ts";

/** What an attempt read, by the kind of its probe. */
export type Reading =
  | HttpReading
  | TcpReading
  | DnsReading
  | LookupReading
  | UdpReading
  | PayloadReading
  | ServiceReading;

export type ProbeKind = Reading["kind"];
