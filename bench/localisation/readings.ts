import { createBursts } from "../../src/checks/bursts.ts";
import { apartSeconds } from "../../src/checks/checks.ts";
import { addEarlier, delayedOf } from "../../src/diagnosis/flow.ts";
import {
  badOf,
  type Flow,
  type PairRetry,
  type Report,
  reportSeconds,
  type Target,
} from "../../src/diagnosis/report.ts";
import { addToSketch, type Sketch } from "../../src/diagnosis/sketch.ts";
import type { Reason } from "../../src/probes/probe.ts";
import type { ProbeKind } from "../../src/probes/reading.ts";
import type { Cluster } from "./cluster.ts";
import type { Fault } from "./faults.ts";
import { type Attempted, type Network, networkOf } from "./network.ts";

/** The agents of a cluster as witnesses: every check in its slots, every outcome in the report of the window in which it is known. */
export interface Readings {
  /** The reports of the window that ends at `until` (Unix seconds), sent by agents that can send. Windows must come one after the other. */
  next(until: number, options: NextOptions): readonly Report[];
}

interface NextOptions {
  /** What is broken, and from when until when; absent means for ever. */
  readonly fault?: Fault | undefined;
  readonly faultFrom?: number;
  readonly faultUntil?: number;
  /** The places of nodes whose agents do not run or are not reached, as planned: what concerns them is discarded. */
  readonly away?: ReadonlySet<number>;
}

/** What an agent tests again and again, and what came of it, by the end of the window in which that is known. */
interface Check {
  readonly probe: ProbeKind;
  readonly target: Target;
  /** The node at the other end; absent where there is none. */
  readonly to?: number;
  readonly interval: number;
  readonly attempt: (network: Network) => Attempted;
  /** How many attempts its next slot has. */
  readonly attemptsAfter: ReturnType<typeof createBursts>;
  before: Parameters<Check["attemptsAfter"]>[0];
  /** The place of its attempts in their slots. */
  readonly phase: number;
  busyUntil: number;
  readonly known: Map<number, Tally>;
}

/** A flow in the making. */
interface Tally {
  readonly probe: ProbeKind;
  readonly target: Target;
  readonly discarded: 0;
  rotated?: true;
  earlier?: readonly number[];
  good: number;
  bad: Partial<Record<Reason, number>>;
  resent: number;
  lostForward: number;
  lostReverse: number;
  latency: Sketch;
}

/** A visit of the rotation that is over. */
interface Visit {
  readonly to: number;
  readonly flow: Flow;
  readonly retry?: PairRetry;
}

const visitsPerSecond = 1;

export function createReadings(cluster: Cluster, background: number, random: () => number): Readings {
  const { nodes } = cluster;
  const checks = nodes.map((_, node) => checksOf(cluster, node, random));
  const visits = nodes.map(() => new Map<number, Visit[]>());
  const healthy = networkOf(cluster, undefined, background, random);
  let sequence = 0;

  return {
    next(until, { fault, faultFrom = 0, faultUntil = Number.POSITIVE_INFINITY, away = new Set() }) {
      sequence += 1;
      const from = until - reportSeconds;
      const broken = fault === undefined ? healthy : networkOf(cluster, fault, background, random);
      const networkAt = (at: number) => (at >= faultFrom && at < faultUntil ? broken : healthy);
      const isFaulty = fault !== undefined && until > faultFrom;
      for (const [node, own] of checks.entries()) {
        if (away.has(node)) continue;
        for (const check of own) {
          if (check.to !== undefined && away.has(check.to)) continue;
          const { interval, phase } = check;
          const first = Math.ceil((from - phase) / interval) * interval + phase;
          for (let at = first; at < until; at += interval) {
            if (at < check.busyUntil) continue;
            const network = networkAt(at);
            const count = check.attemptsAfter(check.before);
            const attempts = Array.from({ length: count }, () => check.attempt(network));
            check.before = attempts.map(({ good }) => ({ state: good > 0 ? "ok" : "failed" }));
            for (const [n, attempted] of attempts.entries()) {
              const begun = at + n * apartSeconds;
              check.busyUntil = Math.max(check.busyUntil, begun + attempted.seconds);
              const knownIn = windowOf(begun, attempted);
              const tally = check.known.get(knownIn) ?? fresh(check);
              check.known.set(knownIn, tally);
              add(tally, attempted, windowsBetween(begun, knownIn));
            }
          }
        }
        for (let second = 0; second < reportSeconds * visitsPerSecond; second += 1) {
          const at = from + (second + 0.5) / visitsPerSecond;
          const to = (node + 1 + (Math.floor(at) % (nodes.length - 1))) % nodes.length;
          if (away.has(to)) continue;
          const { knownIn, ...visited } = visit(cluster, node, to, networkAt(at), at, random);
          const others = visits[node]?.get(knownIn) ?? [];
          visits[node]?.set(knownIn, [...others, visited]);
        }
      }
      return nodes.flatMap(({ name, zone, pod }, node) => {
        const visited = (visits[node]?.get(until) ?? []).filter(({ to }) => !away.has(to));
        visits[node]?.delete(until);
        const tallies = takeTallies(checks[node] ?? [], until, away);
        if (away.has(node) || (isFaulty && fault.silent?.includes(node))) return [];
        const isUnfit = isFaulty && fault.unfit?.includes(node) === true;
        const health = {
          loopDelaySeconds: isUnfit ? 0.4 : 0.01,
          throttledShare: isUnfit ? 0.6 : 0,
          discardedShare: isUnfit ? 0.9 : 0,
          selfReachable: true,
        };
        const pairs = isUnfit ? [] : visited.flatMap(({ retry }) => retry ?? []);
        const flows = isUnfit ? [] : [...tallies, ...visited.map(({ flow }) => flow)];
        return [{ version: 1, node: name, zone, pod, sequence, from, until, flows, health, pairs }];
      });
    },
  };
}

function checksOf({ nodes, dnsPods, apiServers }: Cluster, node: number, random: () => number): Check[] {
  const check = (
    probe: ProbeKind,
    target: Target,
    interval: number,
    attempt: Check["attempt"],
    to?: number,
  ): Check => ({
    ...{ probe, target, interval, attempt, phase: random() * interval },
    ...{ attemptsAfter: () => 1, before: [], busyUntil: 0, known: new Map() },
    ...(to === undefined ? {} : { to }),
  });
  const watched = (nodes[node]?.watched ?? []).flatMap((to) => {
    const target: Target = { kind: "node", node: nodes[to]?.name ?? "" };
    return [
      check("http", target, 5, (network) => network.connect(node, to), to),
      check("udp", target, 5, (network) => network.train(node, to), to),
      check("payload", target, 10, (network) => network.payload(node, to), to),
      check("tcp", target, 10, (network) => network.connect(node, to, "node"), to),
    ];
  });
  const dns = (["udp", "tcp"] as const).flatMap((transport) => [
    ...dnsPods.map(({ pod, node: at }, index) => {
      const target: Target = { kind: "dns_pod", pod, node: nodes[at]?.name ?? "", transport };
      return check("dns", target, 10, (network) => network.askDnsPod(node, index, transport), at);
    }),
    check("dns", { kind: "dns_service", transport }, 10, (network) => network.askDnsService(node, transport)),
  ]);
  const endpoints = Array.from({ length: apiServers }, (_, server) => {
    const target: Target = { kind: "api_server", via: "endpoint", endpoint: server + 1 };
    return check("http", target, 10, (network) => network.apiServer(node, server));
  });
  return [
    ...watched,
    ...dns,
    ...endpoints,
    check("lookup", { kind: "lookup", name: "internal" }, 10, (network) => network.lookup(node)),
    check("http", { kind: "service", via: "new" }, 5, (network) => network.service(node, true)),
    {
      ...check("service", { kind: "service", via: "address" }, 2.5, (network) =>
        network.service(node, false),
      ),
      attemptsAfter: createBursts(() => nodes.length),
    },
    check("http", { kind: "ingress" }, 5, (network) => network.ingress(node)),
    check("http", { kind: "api_server", via: "address" }, 5, (network) => network.apiService(node, false)),
    check("http", { kind: "api_server", via: "name" }, 5, (network) => network.apiService(node, true)),
  ];
}

/** A failure counts only when its target is still there a moment later. */
const departureSeconds = 0.5;

/** The end of the window in which an outcome is known. */
function windowOf(at: number, { seconds, good }: Attempted): number {
  const end = at + seconds + (good === 0 ? departureSeconds : 0);
  return (Math.floor(end / reportSeconds) + 1) * reportSeconds;
}

function takeTallies(checks: readonly Check[], until: number, away: ReadonlySet<number>): readonly Flow[] {
  return checks.flatMap((check) => {
    const tally = check.known.get(until);
    check.known.delete(until);
    return tally === undefined || away.has(check.to ?? -1) ? [] : [tally];
  });
}

function fresh({ probe, target }: Pick<Flow, "probe" | "target">): Tally {
  const nothing = { good: 0, resent: 0, lostForward: 0, lostReverse: 0 };
  return { probe, target, discarded: 0, ...nothing, bad: {}, latency: {} };
}

/** From the window in which something began to the one that ends at `until`. */
function windowsBetween(begun: number, until: number): number {
  return until / reportSeconds - 1 - Math.floor(begun / reportSeconds);
}

function add(tally: Tally, attempted: Attempted, windowsAgo: number): void {
  const before = badOf(tally) + delayedOf(tally);
  const { good, bad, reason, seconds, resent, lostForward = 0, lostReverse = 0 } = attempted;
  tally.good += good;
  if (reason !== undefined && bad > 0) tally.bad[reason] = (tally.bad[reason] ?? 0) + bad;
  if (resent) tally.resent += 1;
  tally.lostForward += lostForward;
  tally.lostReverse += lostReverse;
  if (good > 0) tally.latency = addToSketch(tally.latency, seconds);
  Object.assign(tally, addEarlier(tally, windowsAgo, badOf(tally) + delayedOf(tally) - before));
}

/** One visit of the rotation, with its retries when it fails. */
function visit(
  cluster: Cluster,
  node: number,
  to: number,
  network: Network,
  at: number,
  random: () => number,
): Visit & { readonly knownIn: number } {
  const { nodes } = cluster;
  const [from, other] = [nodes[node], nodes[to]];
  const attempted = network.connect(node, to);
  const flow = fresh({ probe: "http", target: { kind: "node", node: other?.name ?? "" } });
  if (from?.watched.includes(to) !== true) flow.rotated = true;
  // The retries take as long again.
  const { seconds, bad } = attempted;
  const knownIn = windowOf(at, { ...attempted, seconds: bad === 0 ? seconds : 2 * seconds });
  add(flow, attempted, windowsBetween(at, knownIn));
  if (bad === 0) return { to, flow, knownIn };
  const helper = Math.floor(random() * nodes.length);
  const retried = ({ good, reason = "connect_timeout" }: Attempted) => (good > 0 ? "ok" : reason);
  const third = helper === to || helper === node ? "unknown" : retried(network.connect(helper, to));
  const retry: PairRetry = {
    ...{ from: from?.name ?? "", to: other?.name ?? "", reason: "connect_timeout" },
    retries: {
      new_port: retried(network.connect(node, to)),
      node_address: retried(network.connect(node, to, "node")),
      third_party: third,
      reverse: third === "ok" ? retried(network.connect(to, node)) : "unknown",
    },
  };
  return { to, flow, retry, knownIn };
}
