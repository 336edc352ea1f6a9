/** Stands for every place in a fault of one direction. */
export const any = "any";

/** Where packets get lost or late: on all links of a node, or in one direction from place to place, either of which may be `any`. */
export type Extent = { readonly node: string } | { readonly from: string; readonly to: string };

/** Which packets are meant: those of a protocol, or those of the pod network, be they to a pod's address or back from it. */
export const traffics = ["udp", "tcp", "overlay"] as const;
export type Traffic = (typeof traffics)[number];

/** What can be broken. Nodes are named as in the API; `control-plane` is where API server, DNS and ingress live. */
export type Fault =
  /** The machine is gone: nothing answers, and the API still shows its pod as running. */
  | { readonly kind: "dead-node"; readonly node: string }
  /** No packet gets from one node to the other; the way back works. */
  | { readonly kind: "black-hole"; readonly from: string; readonly to: string; readonly only?: Traffic }
  | { readonly kind: "loss"; readonly share: number; readonly on: Extent; readonly only?: Traffic }
  | { readonly kind: "delay"; readonly seconds: number; readonly on: Extent; readonly only?: Traffic }
  /** Packets with more than 1,400 bytes are lost. */
  | { readonly kind: "mtu"; readonly on: Extent; readonly only?: Traffic }
  /** `replica` is 1 or 2. */
  | { readonly kind: "dead-dns" | "dead-api"; readonly replica: number }
  /** What is asked of the DNS by this protocol gets lost. */
  | { readonly kind: "lost-dns"; readonly protocol: "udp" | "tcp" }
  /** The Service sends connections for this node's endpoint to a port where nothing listens. */
  | { readonly kind: "refuse"; readonly node: string }
  /** The node goes on sending what is for a Service to the endpoints that there were when the fault began. */
  | { readonly kind: "stale-proxy"; readonly node: string }
  | { readonly kind: "ingress-502" }
  /** The agent's process stands still: the kernel accepts connections for it, and nothing answers. */
  | { readonly kind: "freeze"; readonly node: string }
  /** It stands still most of the time, in bursts, as under a CPU limit that is too low. */
  | { readonly kind: "starve"; readonly node: string };

interface ActiveFault {
  /** Such as `f3`. */
  readonly id: string;
  readonly fault: Fault;
}

/** What is broken at the moment. */
export interface Faults {
  active(): readonly ActiveFault[];
  /** Whether there is an active fault that fits. */
  some(fits: (fault: Fault) => boolean): boolean;
  add(fault: Fault): ActiveFault;
  /** Ends one fault, or without an id all; returns what it ended. */
  heal(id?: string): readonly ActiveFault[];
}

/** `onChange` is called for each fault after it began or ended. */
export function createFaults(onChange: (fault: Fault, now: "begun" | "ended") => void): Faults {
  const active = new Map<string, ActiveFault>();
  let added = 0;
  return {
    active: () => [...active.values()],
    some: (fits) => active.values().some(({ fault }) => fits(fault)),
    add(fault) {
      added += 1;
      const one = { id: `f${added}`, fault };
      active.set(one.id, one);
      onChange(fault, "begun");
      return one;
    },
    heal(id) {
      const ended = [...active.values()].filter((one) => id === undefined || one.id === id);
      for (const one of ended) active.delete(one.id);
      for (const one of ended) onChange(one.fault, "ended");
      return ended;
    },
  };
}
