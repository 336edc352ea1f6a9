import { addEarlier } from "../../src/diagnosis/flow.ts";
import type { Flow, Health, Report } from "../../src/diagnosis/report.ts";
import { reportSeconds } from "../../src/diagnosis/report.ts";
import { addToSketch } from "../../src/diagnosis/sketch.ts";

/** How the agents of a simulated fleet see each other in one window. */
export interface FleetWindow {
  /** Unix seconds, a multiple of 5. */
  readonly until: number;
  readonly nodes: readonly string[];
  /** The share of the probes from one node to another that fails; absent means none. */
  readonly loses?: (from: string, to: string, probe: "http" | "udp" | "tcp") => number;
  /** How many windows ago the probes began that failed; absent means in this one. */
  readonly windowsAgo?: number;
  /** Nodes whose agents do not report. */
  readonly silent?: readonly string[];
  readonly health?: (node: string) => Partial<Health>;
  /** How often everything was tested; absent means once. */
  readonly times?: number;
  /** How many zones the nodes are in, by turns; absent means two. */
  readonly zones?: number;
  /** Seconds that a test of one node by another takes; absent means that none is timed. */
  readonly seconds?: (from: string, to: string) => number;
}

const well: Health = { loopDelaySeconds: 0, throttledShare: 0, discardedShare: 0, selfReachable: true };
const neighbours = 10;
const counts = { http: 1, udp: 10, tcp: 1 } as const;

/** The reports of a fleet in which every node watches the next ten. */
export function fleetReports({
  until,
  nodes,
  loses,
  windowsAgo = 0,
  silent = [],
  health,
  times = 1,
  zones = 2,
  seconds,
}: FleetWindow): Report[] {
  return nodes.flatMap((node, index): Report[] => {
    if (silent.includes(node)) return [];
    const watched = Array.from(
      { length: Math.min(neighbours, nodes.length - 1) },
      (_, n) => nodes[(index + n + 1) % nodes.length] ?? "",
    );
    const flows = watched.flatMap((to) =>
      (["http", "udp", "tcp"] as const).map((probe): Flow => {
        const bad = Math.round((loses?.(node, to, probe) ?? 0) * counts[probe] * times);
        const reason = probe === "udp" ? "lost" : "connect_timeout";
        const flow: Flow = {
          ...{ probe, target: { kind: "node", node: to }, discarded: 0 },
          good: counts[probe] * times - bad,
          bad: bad === 0 ? {} : { [reason]: bad },
          ...(seconds === undefined ? {} : { latency: addToSketch({}, seconds(node, to)) }),
        };
        return addEarlier(flow, windowsAgo, bad);
      }),
    );
    return [
      {
        ...{
          version: 1,
          node,
          zone: String.fromCharCode("a".charCodeAt(0) + (index % zones)),
          pod: `pod-of-${node}`,
        },
        ...{ sequence: until / reportSeconds, from: until - reportSeconds, until, flows },
        health: { ...well, ...health?.(node) },
      },
    ];
  });
}

export function nodeNames(count: number, prefix = "node"): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
}
