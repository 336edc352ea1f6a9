import { openBlackHole } from "../blackHole.ts";
import {
  cordoned,
  drained,
  limitedCpu,
  nothingToHeal,
  replaceAgent,
  slowLink,
  stoppedComponent,
} from "../disturbances.ts";
import { dropForwarded } from "../dropRule.ts";
import { nodeOf, type Pod } from "../pods.ts";

/** What is done to the cluster, and what is to be seen of it. */
export interface Fault {
  /** The word by which it is chosen. */
  readonly name: string;
  readonly what: string;
  /** The setting without which it can't be done. */
  readonly needs?: "nodeShell" | "component";
  /** The alert it must raise; `nothing` where none may fire; `anything` where that depends on the cluster. */
  readonly expects: string;
  /** It stays for the first number of seconds, and then until what it must raise fires, at most for the second number. */
  readonly seconds: readonly [number, number];
  /** Disposing heals it. */
  inject(first: Pod, second: Pod, third: Pod): Promise<AsyncDisposable>;
}

/** The most telling first. */
export const faults: readonly Fault[] = [
  {
    name: "black-hole",
    what: "the second node drops what goes to the third's pods",
    needs: "nodeShell",
    expects: "KubenurseNodePartlyUnreachable",
    seconds: [60, 300],
    inject: (_, from, to) => openBlackHole(from, to),
  },
  {
    name: "dns",
    what: "the second node drops DNS over UDP",
    needs: "nodeShell",
    expects: "KubenurseDNSFailing",
    seconds: [60, 300],
    inject: (_, second) => dropForwarded(nodeOf(second), "-p", "udp", "--dport", "53"),
  },
  {
    name: "large-packets",
    what: "the second node drops packets of 1400 bytes and more",
    needs: "nodeShell",
    expects: "anything",
    seconds: [150, 150],
    inject: (_, second) => dropForwarded(nodeOf(second), "-m", "length", "--length", "1400:"),
  },
  {
    name: "api-server",
    what: "the API server is stopped for 3 minutes",
    needs: "component",
    expects: "KubenurseApiServerUnreachable",
    seconds: [180, 300],
    inject: (first) => stoppedComponent("apiserver", nodeOf(first)),
  },
  {
    name: "kube-proxy",
    what: "the first node's kube-proxy is stopped, then the second's agent is replaced",
    needs: "component",
    expects: "KubenurseServiceFailingOnNode",
    seconds: [60, 300],
    async inject(first, second) {
      const stopped = await stoppedComponent("proxy", nodeOf(first));
      await replaceAgent(second);
      return stopped;
    },
  },
  {
    name: "loss",
    what: "the second node loses 30 % of the packets",
    needs: "nodeShell",
    expects: "anything",
    seconds: [150, 150],
    inject: (_, second) =>
      dropForwarded(nodeOf(second), "-m", "statistic", "--mode", "random", "--probability", "0.3"),
  },
  {
    name: "delete-pod",
    what: "the first node's agent is deleted",
    expects: "nothing",
    seconds: [120, 120],
    async inject(first) {
      await replaceAgent(first);
      return nothingToHeal;
    },
  },
  {
    name: "drain",
    what: "the second node is drained",
    expects: "nothing",
    seconds: [120, 120],
    inject: (_, second) => drained(nodeOf(second)),
  },
  {
    name: "cordon",
    what: "the third node is cordoned",
    expects: "nothing",
    seconds: [120, 120],
    inject: (_first, _second, third) => cordoned(nodeOf(third)),
  },
  {
    name: "slow-link",
    what: "the second node's link has 1 Mbit/s and a queue of 50 ms",
    needs: "nodeShell",
    expects: "anything",
    seconds: [120, 120],
    inject: (_, second) => slowLink(nodeOf(second)),
  },
  {
    name: "kubelet",
    what: "the second node's kubelet is stopped",
    needs: "component",
    expects: "anything",
    seconds: [180, 180],
    inject: (_, second) => stoppedComponent("kubelet", nodeOf(second)),
  },
  {
    name: "cpu-limit",
    what: "the agents have a CPU limit of 20m",
    expects: "KubenurseReadingsDiscarded",
    seconds: [60, 540],
    inject: () => limitedCpu("20m"),
  },
];
