import type { Reason } from "../../src/probes/probe.ts";
import type { Cluster } from "./cluster.ts";
import type { Fault, Packet } from "./faults.ts";
import { binomial } from "./random.ts";

/** What came of an attempt; counts are datagrams for trains and attempts otherwise. */
export interface Attempted {
  /** How long it took. */
  readonly seconds: number;
  readonly good: number;
  readonly bad: number;
  readonly reason?: Reason;
  readonly resent?: boolean;
  readonly lostForward?: number;
  readonly lostReverse?: number;
}

/** Attempts in a cluster with at most one fault (or pair of faults) and a background of lost packets, with the agents' own time limits. */
export interface Network {
  connect(from: number, to: number | undefined, network?: Packet["network"]): Attempted;
  train(from: number, to: number): Attempted;
  payload(from: number, to: number): Attempted;
  askDnsPod(from: number, pod: number, transport: "udp" | "tcp"): Attempted;
  askDnsService(from: number, transport: "udp" | "tcp"): Attempted;
  lookup(from: number): Attempted;
  service(from: number, named: boolean): Attempted;
  ingress(from: number): Attempted;
  apiServer(from: number, server: number): Attempted;
  apiService(from: number, named: boolean): Attempted;
}

const quick = 0.002;
const trainLength = 10;
/** Of a connection: five SYNs, a second apart, as long as the agents wait. */
const connectSeconds = 5;

export function networkOf(
  { nodes, dnsPods, apiServers }: Cluster,
  fault: Fault | undefined,
  background: number,
  random: () => number,
): Network {
  const happens = (share: number) => share > 0 && random() < share;
  const lost = (packet: Packet) => 1 - (1 - background) * (1 - (fault?.loses?.(packet) ?? 0));
  const ok = (seconds = quick): Attempted => ({ seconds, good: 1, bad: 0 });
  const failed = (reason: Reason, seconds: number): Attempted => ({ seconds, good: 0, bad: 1, reason });

  const connection = (first: Packet, back: Packet): Attempted => {
    const arrives = (1 - lost(first)) * (1 - lost(back));
    for (let tries = 0; tries < connectSeconds; tries += 1) {
      if (happens(arrives)) return { ...ok(tries + quick), ...(tries > 0 ? { resent: true } : {}) };
    }
    return failed("connect_timeout", connectSeconds);
  };
  const ends = (
    from: number | undefined,
    to: number | undefined,
    more: Partial<Packet> = {},
  ): readonly [Packet, Packet] => {
    const packet = { size: "small", protocol: "tcp", network: "pod", port: "agent", opens: true } as const;
    return [
      { ...packet, ...more, from, to },
      { ...packet, ...more, from: to, to: from, opens: false },
    ];
  };
  const connect: Network["connect"] = (from, to, network = "pod") =>
    from === to
      ? ok()
      : connection(...ends(from, to, { network, port: network === "pod" ? "agent" : "other" }));
  const askDnsPod: Network["askDnsPod"] = (from, pod, transport) => {
    const { node = 0 } = dnsPods[pod] ?? {};
    const seconds = transport === "udp" ? 2 : connectSeconds;
    const timeout = failed(transport === "udp" ? "dns_timeout" : "connect_timeout", seconds);
    if (happens(fault?.dnsPodFails?.(pod, transport) ?? 0)) return timeout;
    if (from === node) return ok();
    const [query, answer] = ends(from, node, { protocol: transport, port: "dns" });
    if (transport === "tcp") return connection(query, answer);
    return happens((1 - lost(query)) * (1 - lost(answer))) ? ok() : timeout;
  };
  const somePod = () => Math.floor(random() * dnsPods.length);
  const isMisled = (from: number) => happens(fault?.proxyFails?.(from) ?? 0);
  const askDnsService: Network["askDnsService"] = (from, transport) => {
    if (!isMisled(from)) return askDnsPod(from, somePod(), transport);
    return failed(transport === "udp" ? "dns_timeout" : "connect_timeout", transport === "udp" ? 2 : 5);
  };
  /** The resolver asks again after 5 s, twice in all. */
  const lookup: Network["lookup"] = (from) => {
    if (askDnsService(from, "udp").good === 1) return ok();
    return askDnsService(from, "udp").good === 1 ? ok(5) : failed("dns_timeout", 10);
  };
  const throughName = (from: number, named: boolean, then: () => Attempted): Attempted => {
    const name = named ? lookup(from) : ok(0);
    if (name.bad > 0) return failed("dns_timeout", 6);
    const rest = then();
    return { ...rest, seconds: rest.seconds + name.seconds };
  };
  const apiServer: Network["apiServer"] = (from, server) => {
    if (happens(fault?.apiServerFails?.(server) ?? 0)) return failed("connect_refused", quick);
    return connection(...ends(from, undefined, { network: "node", port: "other" }));
  };

  return {
    connect,
    askDnsPod,
    askDnsService,
    lookup,
    apiServer,
    train(from, to) {
      const [there, back] = ends(from, to, { protocol: "udp" });
      const lostForward = binomial(trainLength, lost(there), random);
      const arrived = trainLength - lostForward;
      const lostReverse = binomial(arrived, lost({ ...back, opens: false }), random);
      const good = arrived - lostReverse;
      if (good === 0) return { seconds: 3.4, good, bad: trainLength, reason: "lost" };
      const seconds = good === trainLength ? 0.2 : 1.4;
      return { seconds, good, bad: trainLength - good, reason: "lost", lostForward, lostReverse };
    },
    payload(from, to) {
      const small = connect(from, to);
      if (small.bad > 0) return small;
      const [out, back] = ends(from, to, { size: "large", opens: false });
      if (lost(out) > 0.9) return failed("mtu_black_hole_out", small.seconds + 3);
      return lost(back) > 0.9 ? failed("mtu_black_hole_in", small.seconds + 3) : small;
    },
    service: (from, named) =>
      throughName(from, named, () => {
        const isLost = isMisled(from) || happens(fault?.serviceFails?.(from) ?? 0);
        if (isLost) return failed("connect_timeout", connectSeconds);
        return connect(from, Math.floor(random() * nodes.length));
      }),
    ingress: (from) =>
      happens(fault?.ingressFails ?? 0)
        ? failed("connect_timeout", connectSeconds)
        : connection(...ends(from, undefined, { port: "other" })),
    apiService: (from, named) =>
      throughName(from, named, () =>
        isMisled(from)
          ? failed("connect_timeout", connectSeconds)
          : apiServer(from, Math.floor(random() * apiServers)),
      ),
  };
}
