import { podRangeOf } from "../blackHole.ts";
import { run } from "../command.ts";
import {
  limitedCpu,
  nothingToHeal,
  replaceAgent,
  several,
  starved,
  stoppedComponent,
  stoppedProcesses,
} from "../disturbances.ts";
import { dropForwarded } from "../dropRule.ts";
import { nodeOf, type Pod } from "../pods.ts";
import { settings } from "../settings.ts";
import type { Site } from "../site.ts";
import { say } from "../waiting.ts";
import {
  apiServerLost,
  dnsPodLost,
  dnsPodLostByTcp,
  dnsPodLostByUdp,
  ingressMayBeLost,
  mayBeCutMidway,
  namesMayBeLost,
  packetsSentAgain,
  pairLost,
  pairRetried,
  serviceLost,
  serviceMayBeLost,
  serviceSlow,
} from "./expectations.ts";
import type { Expectation } from "./verdict.ts";

/** What is done to the cluster, and which readings must, may and so must not move. */
export interface Fault {
  /** The word by which it is chosen. */
  readonly name: string;
  readonly what: string;
  /** The setting, beside `nodeShell`, without which it can't be done. */
  readonly needs?: "component" | "restartApi";
  readonly seconds: number;
  /** Disposing heals it. */
  inject(site: Site): Promise<AsyncDisposable>;
  expects(site: Site): Expectation;
}

export const faults: readonly Fault[] = [
  {
    name: "nothing",
    what: "nothing is done",
    seconds: 60,
    inject: async () => nothingToHeal,
    expects: () => ({ must: [], may: [] }),
  },
  {
    name: "black-hole",
    what: "the second node drops what goes to the third's pods",
    seconds: 60,
    inject: async ({ second, third }) => dropForwarded(nodeOf(second), "-d", await podRangeOf(third)),
    expects(site) {
      const [, b, c] = nodesOf(site);
      return {
        must: [
          ...[...pairLost(b, c), ...pairLost(c, b), ...serviceSlow(b), ...serviceLost(c)],
          ...[`${b}: retry node_address ok`, `${c}: retry node_address ok`],
          ...[`${b}: retry third_party ok`, `${c}: retry third_party ok`],
          ...dnsPodsOn(site, b).flatMap((pod) => dnsPodLost(c, pod)),
          ...dnsPodsOn(site, c).flatMap((pod) => dnsPodLost(b, pod)),
        ],
        may: [b, c].flatMap((node) => [
          ...otherThan(node, [b, c]).flatMap((other) => mayBeCutMidway(node, other)),
          ...[...pairRetried(node), ...packetsSentAgain(node), ...serviceMayBeLost(node)],
          ...(otherThan(node, [b, c]).some((other) => dnsPodsOn(site, other).length > 0)
            ? namesMayBeLost(node)
            : []),
        ]),
      };
    },
  },
  {
    name: "one-way",
    what: "the second node drops new connections to the third's pods; answers pass",
    seconds: 60,
    inject: async ({ second, third }) =>
      dropForwarded(nodeOf(second), "-d", await podRangeOf(third), "-m", "conntrack", "--ctstate", "NEW"),
    expects(site) {
      const [, b, c] = nodesOf(site);
      return {
        must: [
          ...[...pairLost(b, c), ...serviceSlow(b)],
          ...["node_address", "third_party", "reverse"].map((retry) => `${b}: retry ${retry} ok`),
          ...dnsPodsOn(site, c).flatMap((pod) => dnsPodLost(b, pod)),
        ],
        may: [
          ...[...mayBeCutMidway(b, c), ...packetsSentAgain(b), ...pairRetried(b), ...serviceMayBeLost(b)],
          ...dnsPodsOn(site, c).flatMap(() => namesMayBeLost(b)),
        ],
      };
    },
  },
  {
    name: "node-out",
    what: "the second node drops what its pods send to others",
    seconds: 60,
    inject: async ({ second }) =>
      dropForwarded(nodeOf(second), "-s", await podRangeOf(second), "!", "-d", await podRangeOf(second)),
    expects: (site) => nodeLost(site),
  },
  {
    name: "node",
    what: "the second node drops what its pods send to others and what comes for them",
    seconds: 60,
    async inject({ second }) {
      const range = await podRangeOf(second);
      const node = nodeOf(second);
      return several(
        dropForwarded(node, "-s", range, "!", "-d", range),
        dropForwarded(node, "!", "-s", range, "-d", range),
      );
    },
    expects: (site) => nodeLost(site),
  },
  {
    name: "loss",
    what: "the second node loses 5 % of the packets",
    seconds: 75,
    inject: ({ second }) => loses(second, "-m", "statistic", "--mode", "random", "--probability", "0.05"),
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [
          ...[a, c].flatMap((node) => [`${b}: datagrams ${node} lost_*`, `${node}: datagrams ${b} lost_*`]),
          ...[a, c].flatMap((node) => [`${b}: loss ${node} *`, `${node}: loss ${b} *`]),
          ...[`${b}: slow http *`, `${b}: syn kernel`],
        ],
        may: [
          ...[`${b}: *`, ...[a, c].flatMap((node) => [...packetsSentAgain(node), ...toward(node, b)])],
          ...[a, c].flatMap((node) => [...serviceMayBeLost(node), ...ingressMayBeLost(node)]),
          ...dnsPodsOn(site, b).flatMap((pod) =>
            [a, c].flatMap((node) => [...namesMayBeLost(node), `${node}: dns dns_pod_${pod}_* *`]),
          ),
        ],
      };
    },
  },
  {
    name: "large-packets",
    what: "the second node drops packets of 1400 bytes and more",
    seconds: 60,
    inject: ({ second }) => loses(second, "-m", "length", "--length", "1400:"),
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [a, c].flatMap((node) => [
          `${b}: payload ${node} mtu_black_hole_out`,
          `${node}: payload ${b} mtu_black_hole_out`,
        ]),
        // The API server's certificates and lists are large, too.
        may: [
          ...[a, c].flatMap((node) => [...mayBeCutMidway(b, node), ...mayBeCutMidway(node, b)]),
          `${b}: http api_server_* *`,
          `${b}: discovery stale`,
          `${b}: slow payload transfer *`,
          `${b}: slow http tls *`,
        ],
      };
    },
  },
  {
    name: "agents-udp",
    what: "the second node drops the agents' UDP",
    seconds: 60,
    inject: ({ second }) => loses(second, "-p", "udp", "--dport", "8080"),
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [a, c].flatMap((node) => [...udpLost(b, node), ...udpLost(node, b)]),
        may: [a, c].flatMap((node) => [...mayBeCutMidway(b, node), ...mayBeCutMidway(node, b)]),
      };
    },
  },
  {
    name: "udp",
    what: "the second node drops all UDP",
    seconds: 60,
    inject: ({ second }) => loses(second, "-p", "udp"),
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [
          ...[a, c].flatMap((node) => [...udpLost(b, node), ...udpLost(node, b)]),
          ...allDnsPods(site).flatMap((pod) => dnsPodLostByUdp(b, pod)),
          ...dnsPodsOn(site, b).flatMap((pod) => [a, c].flatMap((node) => dnsPodLostByUdp(node, pod))),
          ...["dns dns_service_udp dns_timeout", "dns dns_service_kept_port dns_timeout"].map(
            (r) => `${b}: ${r}`,
          ),
          ...["lookup lookup_internal *", "lookup lookup_internal_absolute *"].map((r) => `${b}: ${r}`),
          ...["api_server_dns", "me_service", "me_ingress"].map((type) => `${b}: http ${type} dns_timeout`),
        ],
        may: [
          ...[a, c].flatMap((node) => [...mayBeCutMidway(b, node), ...mayBeCutMidway(node, b)]),
          ...[...namesMayBeLost(b), ...dnsPodsOn(site, b).flatMap(() => [a, c].flatMap(namesMayBeLost))],
        ],
      };
    },
  },
  {
    name: "dns-pod-cut",
    what: "the DNS pod of the second node (else the first one) is ready, but gets no packet",
    seconds: 60,
    async inject(site) {
      const pod = chosenDnsPod(site);
      const { podIP = "" } = pod.status;
      return several(dropForwarded(nodeOf(pod), "-d", podIP), dropForwarded(nodeOf(pod), "-s", podIP));
    },
    expects(site) {
      const { name } = chosenDnsPod(site).metadata;
      return {
        must: ["*: dns dns_service_* *", ...nodesOf(site).flatMap((node) => dnsPodLost(node, name))],
        may: nodesOf(site).flatMap((node) => [...namesMayBeLost(node), ...packetsSentAgain(node)]),
      };
    },
  },
  {
    name: "dns-pod-stopped",
    what: "the processes of that DNS pod are stopped, so that it turns unready after seconds",
    seconds: 60,
    inject: (site) => stoppedProcesses(chosenDnsPod(site)),
    expects(site) {
      const { name } = chosenDnsPod(site).metadata;
      return {
        must: ["*: dns * dns_timeout"],
        may: nodesOf(site).flatMap((node) => [
          ...[...namesMayBeLost(node), ...packetsSentAgain(node)],
          ...[`${node}: dns dns_pod_${name}_* dns_timeout`, `${node}: discarded peer-left`],
        ]),
      };
    },
  },
  {
    name: "dns-tcp",
    what: "the second node drops DNS over TCP",
    seconds: 60,
    inject: ({ second }) => loses(second, "-p", "tcp", "--dport", "53"),
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [
          ...[`${b}: dns dns_service_tcp connect_timeout`, `${b}: syn kernel`],
          ...allDnsPods(site).flatMap((pod) => dnsPodLostByTcp(b, pod)),
          ...dnsPodsOn(site, b).flatMap((pod) => [a, c].flatMap((node) => dnsPodLostByTcp(node, pod))),
        ],
        may: [a, b, c].flatMap((node) => [
          ...[`${node}: dns dns_service_tcp *`, `${node}: syn *`, `${node}: slow dns connect *`],
        ]),
      };
    },
  },
  {
    name: "kube-proxy",
    what: "the first node's kube-proxy is stopped, then the agent of the third, which is in the same zone, is replaced",
    needs: "component",
    // Of three endpoints one is missed after about 43 connections that are answered, of six after 98; one alone in another zone never would be.
    seconds: 420,
    async inject({ first, third }) {
      const stopped = await stoppedComponent("proxy", nodeOf(first));
      await replaceAgent(third);
      return stopped;
    },
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [
          `${a}: service me_service_address endpoint_unreached`,
          `${a}: service me_service_address connect_*`,
        ],
        may: [
          ...[...serviceMayBeLost(a), ...packetsSentAgain(a)],
          // The ingress of the first node uses the same rules.
          ...[a, b, c].flatMap((node) => [...ingressMayBeLost(node), `${node}: discarded *`]),
        ],
      };
    },
  },
  {
    name: "api-server",
    what: "the API server is restarted",
    needs: "restartApi",
    seconds: 60,
    async inject() {
      await run(settings.restartApi);
      return nothingToHeal;
    },
    expects: (site) => ({
      must: ["*: discarded server-restarted"],
      // A node refuses connections to a Service without endpoints once a second (`icmp_ratelimit`), and drops the other SYNs.
      may: nodesOf(site).flatMap((node) => [
        ...[`${node}: discarded server-restarted`, `${node}: discovery stale`],
        ...packetsSentAgain(node),
      ]),
    }),
  },
  {
    name: "starved",
    what: "the second node's agent gets 20 thousandths of a core",
    seconds: 75,
    inject: ({ second }) => starved(second),
    expects(site) {
      const [a, b, c] = nodesOf(site);
      return {
        must: [`${b}: cpu throttled`, `${b}: discarded self-*`],
        // It answers late, so that it turns unready and is nobody's neighbour.
        may: [
          `${b}: discarded *`,
          ...[a, c].flatMap((node) => [
            `${node}: discarded peer-left`,
            `${node}: slow * processing over 0.9 s`,
          ]),
        ],
      };
    },
  },
  {
    name: "cpu-limit",
    what: "the agents have a CPU limit of 20m, from their start",
    seconds: 180,
    inject: () => limitedCpu("20m"),
    expects: (site) => ({
      must: ["*: cpu throttled", "*: discarded self-*"],
      may: nodesOf(site).flatMap((node) => [`${node}: cpu throttled`, `${node}: discarded *`]),
    }),
  },
];

/** Says so where the environment lacks what it needs. */
export function isSkipped({ name, needs }: Pick<Fault, "name" | "needs">): boolean {
  const skipped = needs !== undefined && settings[needs].length === 0;
  if (skipped) say(`${name} is skipped; docs/kubernetes.md tells what it needs`);
  return skipped;
}

/** No packet leaves the second node's pods, or gets to them: the pod network of one node, while the node itself is well. */
function nodeLost(site: Site): Expectation {
  const [a, b, c] = nodesOf(site);
  return {
    must: [
      ...[a, c].flatMap((node) => [...pairLost(b, node), ...pairLost(node, b), ...serviceLost(node)]),
      ...[...serviceSlow(b), ...apiServerLost(b), `${b}: retry node_address failed`],
      ...[a, c].flatMap((node) => [`${b}: tcp ${node} connect_timeout`, `${node}: retry node_address ok`]),
      ...[a, c].flatMap((node) => dnsPodsOn(site, node)).flatMap((pod) => dnsPodLost(b, pod)),
      ...dnsPodsOn(site, b).flatMap((pod) => [a, c].flatMap((node) => dnsPodLost(node, pod))),
    ],
    may: [
      ...[a, b, c].flatMap((node) => [
        ...pairRetried(node),
        ...packetsSentAgain(node),
        ...serviceMayBeLost(node),
      ]),
      ...[a, c].flatMap((node) => [...mayBeCutMidway(b, node), ...mayBeCutMidway(node, b)]),
      // The ingress of any node leads to the second's agent now and then.
      ...[a, b, c].flatMap((node) => [...namesMayBeLost(node), ...ingressMayBeLost(node)]),
    ],
  };
}

function loses(pod: Pod, ...match: string[]): Promise<AsyncDisposable> {
  return dropForwarded(nodeOf(pod), ...match);
}

const udpLost = (on: string, to: string) => [`${on}: udp ${to} lost`, `${on}: datagrams ${to} lost_unknown`];

/** Checks of one agent whose packets pass the other one's node. */
const toward = (on: string, to: string) => [
  ...[`${on}: http path_${to} *`, `${on}: http mesh_rotation *`, `${on}: retry *`],
  ...[`${on}: udp ${to} *`, `${on}: datagrams ${to} *`, `${on}: loss ${to} *`, `${on}: payload ${to} *`],
];

function nodesOf({ first, second, third }: Site): [string, string, string] {
  return [nodeOf(first), nodeOf(second), nodeOf(third)];
}

function allDnsPods({ dnsPods }: Site): string[] {
  return dnsPods.map(({ metadata }) => metadata.name);
}

function dnsPodsOn({ dnsPods }: Site, node: string): string[] {
  return dnsPods.filter((pod) => nodeOf(pod) === node).map(({ metadata }) => metadata.name);
}

/** The one on the second node, else the first one. */
export function chosenDnsPod({ second, dnsPods }: Site): Pod {
  const pod = dnsPods.find((pod) => nodeOf(pod) === nodeOf(second)) ?? dnsPods[0];
  if (pod === undefined) throw new Error("the cluster has no DNS pod with the label k8s-app=kube-dns");
  return pod;
}

function otherThan(node: string, nodes: readonly string[]): string[] {
  return nodes.filter((other) => other !== node);
}
