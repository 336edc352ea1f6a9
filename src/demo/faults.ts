/** Where packets get lost or late: on all links of a node, or on one link in one direction. */
export type Extent = { readonly node: string } | { readonly from: string; readonly to: string };

/** What can be broken. Nodes are named as in the API; `control-plane` is where API server, DNS and ingress live. */
export type Fault =
  /** The machine is gone: nothing answers, and the API still shows its pod as running. */
  | { readonly kind: "dead-node"; readonly node: string }
  /** No packet gets from one node to the other; the way back works. */
  | { readonly kind: "black-hole"; readonly from: string; readonly to: string }
  | { readonly kind: "loss"; readonly share: number; readonly on: Extent }
  | { readonly kind: "delay"; readonly seconds: number; readonly on: Extent }
  /** `replica` is 1 or 2. */
  | { readonly kind: "dead-dns"; readonly replica: number }
  /** The Service sends connections for this node's endpoint to a port where nothing listens. */
  | { readonly kind: "refuse"; readonly node: string }
  | { readonly kind: "ingress-502" }
  /** The agent's process stands still: the kernel accepts connections for it, and nothing answers. */
  | { readonly kind: "freeze"; readonly node: string };

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

/** As people say it. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case "dead-node":
      return `${fault.node} is dead`;
    case "black-hole":
      return `no packet from ${fault.from} to ${fault.to}`;
    case "loss":
      return `${Number((fault.share * 100).toPrecision(6))} % loss ${describeExtent(fault.on)}`;
    case "delay":
      return `${Number((fault.seconds * 1000).toPrecision(6))} ms more ${describeExtent(fault.on)}`;
    case "dead-dns":
      return `DNS replica ${fault.replica} is dead`;
    case "refuse":
      return `the Service's endpoint on ${fault.node} refuses`;
    case "ingress-502":
      return "the ingress answers 502";
    case "freeze":
      return `the agent on ${fault.node} is frozen`;
  }
}

function describeExtent(extent: Extent): string {
  return "node" in extent ? `on all links of ${extent.node}` : `from ${extent.from} to ${extent.to}`;
}
