import { patternOf } from "../pattern.ts";
import { nodeOf } from "../pods.ts";
import { chosenDnsPod } from "../readings/faults.ts";
import type { Site } from "../site.ts";

/** Which findings a fault opens: one of `must` (none where it is empty), and nothing that neither lists; `*` stands for any text. */
export interface ExpectedFindings {
  readonly must: readonly string[];
  readonly may: readonly string[];
}

const nothing: ExpectedFindings = { must: [], may: [] };

/** By a fault's name. */
export const expectedFindings: Readonly<Record<string, (site: Site) => ExpectedFindings>> = {
  nothing: () => nothing,
  node: ({ second }) => only(`overlay ${nodeOf(second)}: overlay_broken`, `node ${nodeOf(second)}: *`),
  "node-out": ({ second }) => only(`overlay ${nodeOf(second)}: overlay_broken`, `node ${nodeOf(second)}: *`),
  "black-hole": (site) => ({ must: pairs(site), may: [] }),
  "one-way": ({ second, third }) => only(`pair ${nodeOf(second)} → ${nodeOf(third)}: *`),
  "dns-pod-cut": (site) => only(`dns ${chosenDnsPod(site).metadata.name}: dns_pod_dead`),
  // It turns unready after seconds, and then nobody asks it.
  "dns-pod-stopped": (site) => ({ must: [], may: [`dns ${chosenDnsPod(site).metadata.name}: *`] }),
  "large-packets": ({ second }) => only(`node ${nodeOf(second)}: mtu_black_hole*`),
  "agents-udp": ({ second }) => only(`node ${nodeOf(second)}: udp_blocked`),
  udp: ({ second }) => only(`node ${nodeOf(second)}: udp_blocked`),
  loss: ({ second }) => only(`node ${nodeOf(second)}: packet_loss*`),
  "dns-tcp": ({ second }) => only(`node ${nodeOf(second)}: dns_over_tcp_blocked`),
  "dns-udp": ({ second }) => ({
    must: [`node ${nodeOf(second)}: dns_over_udp_blocked`, `out ${nodeOf(second)}: dns_over_udp_blocked`],
    may: [],
  }),
  // Too little is sent to fill it: what it costs is found where it is seen.
  "slow-link": ({ second }) => ({ must: [], may: [`node ${nodeOf(second)}: *`] }),
  // The network goes on without it.
  kubelet: () => nothing,
  "kube-proxy": ({ first }) => only(`proxy ${nodeOf(first)}: stale_service_rules`),
  "api-server": () => nothing,
  starved: ({ second }) => ({ must: [], may: [`agent ${nodeOf(second)}: agent_unfit`] }),
  "cpu-limit": () => ({ must: [], may: ["agent *: agent_unfit"] }),
};

function only(...must: string[]): ExpectedFindings {
  return { must, may: [] };
}

function pairs({ second, third }: Site): string[] {
  const [b, c] = [nodeOf(second), nodeOf(third)];
  return [`pair ${b} → ${c}: *`, `pair ${c} → ${b}: *`];
}

export function isOneOf(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => patternOf(pattern).test(name));
}
