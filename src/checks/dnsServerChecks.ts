import type { Edges } from "../edges.ts";
import { createKeptPort } from "../probes/dns/keptPort.ts";
import type { DnsTarget } from "../probes/dns/target.ts";
import { departureGrace } from "../results/departureGrace.ts";
import { noGrace } from "../results/grace.ts";
import type { Check } from "./checks.ts";
import { dnsCheck } from "./dnsCheck.ts";
import type { DnsServer } from "./dnsServers.ts";

/** The checks of one server: over both transports and, where connection tracking is on the way, from a port that is kept. */
export function dnsServerChecks(
  { name: serverName, sort, at, node }: DnsServer,
  { name, type }: Pick<DnsTarget, "name" | "type">,
  intervalSeconds: number,
  edges: Edges,
): readonly Check[] {
  const question = { name, type, expect: "answers" } as const;
  const grace = sort === "dns_pod" ? departureGrace : noGrace;
  const check = (suffix: string, transport: DnsTarget["transport"]) => {
    const target = `${serverName}_${suffix}`;
    const subject = {
      type: target,
      probe: "dns",
      target,
      sort: `${sort}_${suffix}`,
      ...(node === undefined ? {} : { node }),
      compatible: false,
    } as const;
    return dnsCheck({ subject, grace, intervalSeconds }, { server: at, transport, ...question });
  };
  const both = [check("udp", "udp"), check("tcp", "tcp")];
  return sort === "dns_service" ? [...both, check("kept_port", createKeptPort(edges))] : both;
}
