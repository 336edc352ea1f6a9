import { isIPv6 } from "node:net";
import type { Edges, SocketAddress } from "../edges.ts";
import { createKeptPort } from "../probes/dns/keptPort.ts";
import type { DnsTarget } from "../probes/dns/target.ts";
import { departureGrace } from "../results/departureGrace.ts";
import { noGrace } from "../results/grace.ts";
import type { Check } from "./checks.ts";
import { dnsCheck } from "./dnsCheck.ts";
import type { DnsServer } from "./dnsServers.ts";

/** The checks of one server: over both transports and, where connection tracking is on the way, from a port that is kept. */
export function dnsServerChecks(
  { name, sort, at, node }: DnsServer,
  internalName: string,
  intervalSeconds: number,
  edges: Edges,
): readonly Check[] {
  const question = { name: internalName, type: addressTypeOf(at), expect: "answers" } as const;
  const grace = sort === "dns_pod" ? departureGrace : noGrace;
  const check = (suffix: string, transport: DnsTarget["transport"]) => {
    const type = `${name}_${suffix}`;
    const subject = {
      type,
      probe: "dns",
      target: type,
      sort: `${sort}_${suffix}`,
      ...(node === undefined ? {} : { node }),
      compatible: false,
    } as const;
    return dnsCheck({ subject, grace, intervalSeconds }, { server: at, transport, ...question });
  };
  const both = [check("udp", "udp"), check("tcp", "tcp")];
  return sort === "dns_service" ? [...both, check("kept_port", createKeptPort(edges))] : both;
}

/** The cluster's own names have an address of the family that its DNS is reached by, and maybe no other. */
function addressTypeOf({ address }: SocketAddress): DnsTarget["type"] {
  return isIPv6(address) ? "AAAA" : "A";
}
