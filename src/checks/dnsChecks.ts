import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import type { ServiceView } from "../discovery/service.ts";
import type { Edges, SocketAddress } from "../edges.ts";
import { parseResolvConf } from "../probes/dns/resolvConf.ts";
import type { ProbeKind } from "../probes/reading.ts";
import { noGrace } from "../results/grace.ts";
import type { Check, Checks } from "./checks.ts";
import { dnsCheck, lookupCheck } from "./dnsCheck.ts";
import { dnsServerChecks } from "./dnsServerChecks.ts";
import { type DnsServer, dnsPort, dnsServers } from "./dnsServers.ts";

/** Starts and ends the checks of DNS: lookups and resolvers run from the beginning, Service and pods as discovery finds them. */
export interface DnsChecks {
  follow(dnsService: ServiceView): void;
}

export interface DnsChecksOptions {
  readonly config: Pick<Config, "layers" | "checkIntervalSeconds" | "apiServer">;
  readonly edges: Edges;
  readonly checks: Pick<Checks, "start" | "end">;
}

export function createDnsChecks({ config, edges, checks }: DnsChecksOptions): DnsChecks {
  const { dns } = config.layers;
  if (dns === undefined) return { follow() {} };
  const intervalSeconds = 2 * config.checkIntervalSeconds;
  // The cluster's own names have an address of its first family, which is that of the API server's, and maybe no other.
  const type = config.apiServer?.directUrl.hostname.startsWith("[") ? "AAAA" : "A";
  const question = { name: dns.internalName, type } as const;
  const nameServers = readNameServers(edges);
  const running = new Map<string, { readonly server: DnsServer; readonly started: readonly Check[] }>();

  const follow = (dnsService: ServiceView) => {
    const servers = dnsServers(nameServers, dnsService, edges.hostname);
    const wanted = new Map(servers.map((server) => [server.name, server]));
    for (const [name, { server, started }] of running) {
      if (isSame(wanted.get(name)?.at, server.at)) continue;
      for (const { subject } of started) checks.end(subject.type, "peer-left");
      running.delete(name);
    }
    for (const [name, server] of wanted) {
      if (running.has(name)) continue;
      const started = dnsServerChecks(server, question, intervalSeconds, edges);
      for (const check of started) checks.start(check);
      running.set(name, { server, started });
    }
  };
  for (const check of fixedDnsChecks(dns, nameServers[0], intervalSeconds)) checks.start(check);
  follow({ state: "unknown" });
  return { follow };
}

function readNameServers({ resolvConf, log }: Edges): readonly string[] {
  try {
    const { nameServers, ...rest } = parseResolvConf(readFileSync(resolvConf, "utf8"));
    log.info({ nameServers, ...rest }, "the system's resolver");
    return nameServers;
  } catch (error) {
    log.warn({ error: (error as Error).message }, "no resolver is asked by its address");
    return [];
  }
}

/** What is asked whatever discovery finds. */
function fixedDnsChecks(
  { internalName, externalName }: NonNullable<Config["layers"]["dns"]>,
  firstResolver: string | undefined,
  intervalSeconds: number,
): Check[] {
  const frame = (probe: ProbeKind, type: string) => ({
    subject: { type, probe, target: type, sort: type, compatible: false },
    ...{ grace: noGrace, intervalSeconds },
  });
  const lookup = (type: string, hostname: string) => lookupCheck(frame("lookup", type), hostname);
  const checks = [
    lookup("lookup_internal", internalName),
    lookup("lookup_internal_absolute", `${internalName.replace(/\.$/, "")}.`),
  ];
  if (externalName === undefined) return checks;
  checks.push(lookup("lookup_external", externalName));
  if (firstResolver === undefined) return checks;
  const server = { address: firstResolver, port: dnsPort };
  const question = { name: externalName, type: "A", expect: "exists" } as const;
  return [...checks, dnsCheck(frame("dns", "dns_external_udp"), { server, transport: "udp", ...question })];
}

function isSame(now: SocketAddress | undefined, before: SocketAddress): boolean {
  return now?.address === before.address && now.port === before.port;
}
