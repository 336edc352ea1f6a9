import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Edges, SocketAddress } from "../../src/edges.ts";
import { openDatagrams } from "../../src/realDatagrams.ts";
import { realEdges as edgesOfThisMachine } from "../../src/realEdges.ts";
import { profileThisProcess, sampleAllocations } from "./profile.ts";
import { countTraffic } from "./traffic.ts";

/** Where a measured agent is. */
export interface Place {
  readonly address: string;
  readonly podName: string;
  readonly serviceAccountDirectory: string;
  readonly resolvConf: string;
  /** Ready endpoints by the address of their Service. */
  readonly endpoints: Readonly<Record<string, readonly SocketAddress[]>>;
  readonly hosts: Readonly<Record<string, string>>;
}

/** What the benchmark asks the measured process for. */
export type Question = "traffic" | "profile" | "allocations";

/**
 * Takes the place of `realEdges` in the measured program: real sockets from a loopback address of its own, and Services as kube-proxy
 * makes them. Answers the benchmark's questions.
 */
export function realEdges(config: Parameters<typeof edgesOfThisMachine>[0]): Edges {
  const place = JSON.parse(process.env.BENCH_PLACE ?? "") as Place;
  const { address: localAddress, podName, serviceAccountDirectory, resolvConf } = place;
  const edges = edgesOfThisMachine(config);
  const traffic = countTraffic((options) => openDatagrams(options, localAddress));
  const answers = {
    traffic: async () => traffic.read(),
    profile: profileThisProcess,
    allocations: sampleAllocations,
  };
  // Nobody else ends it when the benchmark was killed.
  process.on("disconnect", () => process.exit());
  process.on("message", async (question: Question) => void process.send?.(await answers[question]()));
  return {
    ...edges,
    ...{ serviceAccountDirectory, resolvConf },
    ...{ hostname: podName, listenAddress: localAddress, localAddresses: () => [localAddress] },
    connect(to) {
      const { address: host, port } = endpointOf(to, place);
      return connect({ host, port, localAddress, autoSelectFamily: false });
    },
    openDatagrams(options) {
      const { peer } = options;
      if (peer === undefined) return traffic.openDatagrams(options);
      const onMessage = (message: Buffer) => options.onMessage(message, peer);
      return traffic.openDatagrams({ ...options, peer: endpointOf(peer, place), onMessage });
    },
    async lookup(name) {
      // Costs what each lookup of the agent costs: a turn of the thread pool and of the C library.
      await lookup("localhost");
      const found = place.hosts[name.replace(/\.$/, "")];
      if (found === undefined) throw Object.assign(new Error(`ENOTFOUND ${name}`), { code: "ENOTFOUND" });
      return found;
    },
  };
}

function endpointOf(to: SocketAddress, { endpoints }: Place): SocketAddress {
  const some = endpoints[to.address] ?? [];
  return some[Math.floor(Math.random() * some.length)] ?? to;
}
