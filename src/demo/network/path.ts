import { any, type Extent, type Fault, type Traffic } from "../faults.ts";
import { isInBurst } from "../starvation.ts";

/** Which way packets go. */
export interface Way {
  /** Places: nodes' names, or the control plane. */
  readonly from: string;
  readonly to: string;
  readonly protocol: "udp" | "tcp";
  /** Both ends have addresses of the pod network. */
  readonly overlay: boolean;
  /** The server at one of the ends where it has replicas, such as `dns-1`. */
  readonly server?: string | undefined;
}

/** What happens at the moment to packets that go a way. */
export interface Path {
  /** 0 to 1; 1 is a black hole. */
  readonly lossShare: number;
  readonly delaySeconds: number;
  /** The most that a packet may carry. */
  readonly mostBytes: number;
  /** The process at one of the ends stands still: its kernel works, but it reads and writes nothing. */
  readonly frozen: boolean;
}

/** What a packet carries at most where large ones are lost. */
const smallBytes = 1400;

/** Within a node there is no network, so only its process can stand still. */
export function pathOf(way: Way, faults: readonly Fault[]): Path {
  let passing = 1;
  let delaySeconds = 0;
  let mostBytes = Number.POSITIVE_INFINITY;
  let frozen = false;
  for (const fault of faults) {
    if (!concerns(fault, way)) continue;
    if (fault.kind === "freeze") frozen = true;
    else if (fault.kind === "starve") frozen ||= isInBurst(performance.now() / 1000);
    else if (way.from === way.to) continue;
    else if (fault.kind === "loss") passing *= 1 - fault.share;
    else if (fault.kind === "delay") delaySeconds += fault.seconds;
    else if (fault.kind === "mtu") mostBytes = smallBytes;
    else passing = 0;
  }
  return { lossShare: 1 - passing, delaySeconds, mostBytes, frozen };
}

export function isSound({ lossShare, delaySeconds, mostBytes, frozen }: Path): boolean {
  return lossShare === 0 && delaySeconds === 0 && mostBytes === Number.POSITIVE_INFINITY && !frozen;
}

function concerns(fault: Fault, way: Way): boolean {
  switch (fault.kind) {
    case "dead-node":
    case "freeze":
    case "starve":
      return fault.node === way.from || fault.node === way.to;
    case "black-hole":
      return covers(fault, way) && isOf(fault.only, way);
    case "loss":
    case "delay":
    case "mtu":
      return covers(fault.on, way) && isOf(fault.only, way);
    case "dead-dns":
      return way.server === `dns-${fault.replica}`;
    case "dead-api":
      return way.server === `api-${fault.replica}`;
    case "lost-dns":
      return way.server?.startsWith("dns-") === true && way.protocol === fault.protocol;
    case "refuse":
    case "stale-proxy":
    case "ingress-502":
      return false;
  }
}

function covers(extent: Extent, { from, to }: Way): boolean {
  if ("node" in extent) return extent.node === from || extent.node === to;
  return [any, from].includes(extent.from) && [any, to].includes(extent.to);
}

function isOf(only: Traffic | undefined, { protocol, overlay }: Way): boolean {
  return only === undefined || only === protocol || (only === "overlay" && overlay);
}
