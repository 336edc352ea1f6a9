import type { Socket } from "node:net";
import type { SocketAddress } from "../../edges.ts";
import { controlPlane } from "../addresses.ts";
import type { Faults } from "../faults.ts";
import { connectOverLink } from "./connect.ts";
import { type Path, pathBetween } from "./path.ts";

/** Connects the nodes and the control plane; all traffic of the cluster that faults can hit goes through it. */
export interface Network {
  /** Says which place is at an address; all others belong to the control plane. */
  attach(address: string, place: string): void;
  detach(address: string): void;
  placeAt(address: string): string;
  path(from: string, toAddress: string): Path;
  pathBack(from: string, toAddress: string): Path;
  /** Starts a TCP connection from a place, which has `localAddress`. */
  connect(from: string, localAddress: string, to: SocketAddress): Socket;
}

export function createNetwork(faults: Faults, relayAlways: boolean): Network {
  const places = new Map<string, string>();
  const pathOf = (from: string, to: string) =>
    pathBetween(
      from,
      to,
      faults.active().map(({ fault }) => fault),
    );
  const placeAt = (address: string) => places.get(address) ?? controlPlane;
  const path = (from: string, address: string) => pathOf(from, placeAt(address));
  const pathBack = (from: string, address: string) => pathOf(placeAt(address), from);
  return {
    attach: (address, place) => void places.set(address, place),
    detach: (address) => void places.delete(address),
    ...{ placeAt, path, pathBack },
    connect: (from, localAddress, to) =>
      connectOverLink({
        ...{ to, localAddress, relayAlways },
        link: { there: () => path(from, to.address), back: () => pathBack(from, to.address) },
      }),
  };
}
