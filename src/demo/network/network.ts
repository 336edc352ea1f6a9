import type { Socket } from "node:net";
import type { Clock, DatagramOptions, Datagrams, SocketAddress } from "../../edges.ts";
import { controlPlane } from "../addresses.ts";
import type { Faults } from "../faults.ts";
import { connectOverLink } from "./connect.ts";
import { openDatagramsOverLinks } from "./datagrams.ts";
import { pathOf, type Way } from "./path.ts";

/** Who is at an address. */
interface Host {
  readonly place: string;
  /** It is an address of the pod network. */
  readonly pod: boolean;
  /** Of a server that has replicas, such as `dns-1`. */
  readonly server?: string;
}

/** Connects the nodes and the control plane; all traffic of the cluster that faults can hit goes through it. */
export interface Network {
  /** Says who is at an address; all others belong to the control plane. */
  attach(address: string, host: Host): void;
  detach(address: string): void;
  placeAt(address: string): string;
  /** Starts a TCP connection from a place, which has `localAddress`. */
  connect(from: string, localAddress: string, to: SocketAddress): Socket;
  /** Opens a UDP socket at a place, which has `localAddress`; `clock` is that of the process. */
  openDatagrams(
    from: string,
    localAddress: string,
    options: DatagramOptions,
    clock: Pick<Clock, "after">,
  ): Promise<Datagrams>;
}

export function createNetwork(faults: Faults, relayAlways: boolean): Network {
  const hosts = new Map<string, Host>();
  const hostAt = (address: string): Host => hosts.get(address) ?? { place: controlPlane, pod: false };
  const wayTo = (from: string, address: string, protocol: Way["protocol"]): Way => {
    const { place, pod, server } = hostAt(address);
    return { from, to: place, protocol, overlay: pod, server };
  };
  const pathNow = (way: Way) =>
    pathOf(
      way,
      faults.active().map(({ fault }) => fault),
    );
  return {
    attach: (address, host) => void hosts.set(address, host),
    detach: (address) => void hosts.delete(address),
    placeAt: (address) => hostAt(address).place,
    connect(from, localAddress, to) {
      const way = () => wayTo(from, to.address, "tcp");
      const there = () => pathNow(way());
      const back = () => pathNow({ ...way(), from: way().to, to: from });
      return connectOverLink({ ...{ to, localAddress, relayAlways }, link: { there, back } });
    },
    openDatagrams: (from, localAddress, options, clock) =>
      openDatagramsOverLinks(options, {
        ...{ localAddress, clock },
        pathTo: (address) => pathNow(wayTo(from, address, "udp")),
      }),
  };
}
