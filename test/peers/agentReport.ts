import { addBad, addEarlier, emptyFlow } from "../../src/diagnosis/flow.ts";
import type { Flow, PairRetry, Report, Target, Transport } from "../../src/diagnosis/report.ts";
import { addToSketch } from "../../src/diagnosis/sketch.ts";
import type { Reason } from "../../src/probes/probe.ts";
import type { ProbeKind } from "../../src/probes/reading.ts";

/** A report without flows, except for what the test replaces. */
export function smallReport(replaced: Partial<Report> = {}): Report {
  return {
    ...{ version: 1, node: "node-a", pod: "nurse-a", sequence: 1, from: 1_700_000_000, until: 1_700_000_005 },
    flows: [],
    health: { loopDelaySeconds: 0, throttledShare: 0, discardedShare: 0, selfReachable: true },
    ...replaced,
  };
}

/** What an agent with every probe on and 10 neighbours reports, in a cluster whose names are long. In an outage hardly anything is well. */
export function fullReport(state: "healthy" | "outage", random: () => number = Math.random): Report {
  const node = (n: number) =>
    `ip-10-${n % 7}-${(n * 37) % 256}-${(n * 101) % 256}.eu-central-1.compute.internal`;
  const pod = (name: string, n: number) =>
    `${name}-${(7_654_321 * (n + 1)).toString(36)}-${(n + 99_991).toString(36)}`;
  const flowOf = (probe: ProbeKind, target: Target): Flow => fill(emptyFlow(probe, target), state, random);
  const neighbours = Array.from({ length: 10 }, (_, n) => node(n));
  const visited = Array.from({ length: 5 }, (_, n) => node(n + 10));
  const transports: Transport[] = ["udp", "tcp"];
  const flows: Flow[] = [
    ...neighbours.flatMap((name) =>
      (["http", "udp", "payload", "tcp"] as const).map((probe) =>
        flowOf(probe, { kind: "node", node: name }),
      ),
    ),
    ...transports.flatMap((transport) => [
      flowOf("dns", { kind: "dns_resolver", resolver: 1, transport }),
      flowOf("dns", { kind: "dns_service", transport }),
      ...[0, 1, 2, 3].map((n) =>
        flowOf("dns", { kind: "dns_pod", pod: pod("coredns", n), node: node(20 + n), transport }),
      ),
    ]),
    flowOf("dns", { kind: "dns_service", transport: "kept_port" }),
    flowOf("dns", { kind: "dns_external" }),
    ...(["internal", "internal_absolute", "external"] as const).map((name) =>
      flowOf("lookup", { kind: "lookup", name }),
    ),
    ...(["address", "name", "kept"] as const).map((via) => flowOf("http", { kind: "api_server", via })),
    ...[1, 2, 3].map((endpoint) => flowOf("http", { kind: "api_server", via: "endpoint", endpoint })),
    ...(["new", "kept"] as const).map((via) => flowOf("http", { kind: "service", via })),
    {
      ...flowOf("service", { kind: "service", via: "address" }),
      ...(state === "healthy"
        ? {}
        : { unreached: Array.from({ length: 50 }, (_, n) => pod("kubenurse", n)) }),
    },
    flowOf("http", { kind: "ingress" }),
    flowOf("http", { kind: "self" }),
    ...[1, 2, 3].map((n) => flowOf("http", { kind: "extra", name: `shop-backend-${n}` })),
    ...visited.map((name) => ({ ...flowOf("http", { kind: "node", node: name }), rotated: true as const })),
  ];
  const pairs = visited.map((to): PairRetry => {
    const retries = {
      new_port: "connect_timeout",
      node_address: "ok",
      third_party: "ok",
      reverse: "unknown",
    };
    return { from: node(99), to, reason: "connect_timeout", retries } as PairRetry;
  });
  return smallReport({
    ...{ node: node(99), zone: "eu-central-1a", pod: pod("kubenurse", 99), sequence: 17_280, flows },
    health: {
      loopDelaySeconds: random() / 100,
      throttledShare: random(),
      discardedShare: 0,
      selfReachable: true,
    },
    ...(state === "healthy" ? {} : { pairs }),
  });
}

function fill(flow: Flow, state: "healthy" | "outage", random: () => number): Flow {
  const reasons: readonly Reason[] = ["connect_timeout", "response_timeout", "dns_timeout", "reset", "lost"];
  const reason = reasons[Math.floor(random() * reasons.length)] ?? "lost";
  const isUdp = flow.probe === "udp";
  const timed = { ...flow, latency: addToSketch({}, 0.0005 * (1 + 10 * random())) };
  if (state === "healthy") return { ...timed, good: isUdp ? 10 : 1 };
  const lost = Math.floor(random() * 10);
  const bad = addEarlier(addBad(timed, isUdp ? "lost" : reason, isUdp ? lost : 1), 1, isUdp ? lost : 2);
  const ways = isUdp
    ? { good: 10 - lost, lostForward: lost >> 1, lostReverse: lost - (lost >> 1) }
    : { resent: 1 };
  return { ...bad, discarded: Math.floor(random() * 2), ...ways };
}
