import type { Config } from "../config/config.ts";
import type { Clock } from "../edges.ts";
import { agentEdges, type Surroundings } from "./agentEdges.ts";
import type { ApiObject } from "./api/store.ts";
import { startKubelet } from "./kubelet.ts";
import type { Listener } from "./network/listener.ts";
import { createDemoNode, type DemoNode, type NodePlace } from "./node.ts";

/** All nodes, with what an administrator and the DaemonSet's controller do to them. */
export interface Fleet {
  /** In the order in which they were added. */
  nodes(): readonly DemoNode[];
  /** @throws RangeError where there is no such node. */
  node(name: string): DemoNode;
  /** Adds a node named `node-<n>` to the zone whose turn it is; resolves when its agent answers. */
  addNode(): Promise<DemoNode>;
  /** Takes a node out as an autoscaler does: its pod ends, then the node object goes. */
  removeNode(name: string): Promise<void>;
  cordon(name: string): void;
  uncordon(name: string): void;
  /** Deletes the node's pod; resolves when the agent of its new pod answers. */
  replacePod(name: string): Promise<void>;
  /** Replaces the pods of all nodes that live, one after the other. */
  rolloutRestart(): Promise<void>;
  /** Ends all pods and what else the nodes run. */
  stop(): Promise<void>;
}

export function createFleet(zones: number, config: Config, surroundings: Surroundings): Fleet {
  const { network, controlPlane } = surroundings;
  const { apiServer, addresses } = controlPlane;
  const { store } = apiServer;
  const nodes = new Map<string, DemoNode>();
  const kubelets = new Map<string, Listener>();
  let added = 0;

  const node = (name: string) => {
    const found = nodes.get(name);
    if (found === undefined)
      throw new RangeError(`there is no node ${name}, only ${[...nodes.keys()].join(", ")}`);
    return found;
  };
  const setUnschedulable = (name: string, unschedulable: boolean) =>
    void store.update("nodes", name, undefined, (object) => ({
      ...object,
      spec: unschedulable ? { unschedulable, taints: [cordonTaint] } : {},
    }));
  const replacePod = async (name: string) => {
    await node(name).stopPod();
    await node(name).startPod();
  };

  return {
    ...{ node, replacePod },
    nodes: () => [...nodes.values()],
    async addNode() {
      const zone = (added % zones) + 1;
      added += 1;
      const place = {
        name: `node-${added}`,
        zone: `zone-${String.fromCharCode(96 + zone)}`,
        address: addresses.pod(zone, added),
        nodeAddress: addresses.node(zone, added),
      };
      const edges = (clock: Clock) => agentEdges(place, clock, surroundings);
      const one = createDemoNode({ ...place, config, store, network, edges });
      nodes.set(place.name, one);
      network.attach(place.nodeAddress, { place: place.name, pod: false });
      kubelets.set(place.name, await startKubelet(place.nodeAddress));
      store.create("nodes", nodeObject(place));
      await one.startPod();
      return one;
    },
    async removeNode(name) {
      const { address, nodeAddress, stopPod } = node(name);
      await stopPod();
      store.remove("nodes", name);
      await kubelets.get(name)?.close();
      kubelets.delete(name);
      network.detach(address);
      network.detach(nodeAddress);
      nodes.delete(name);
    },
    cordon: (name) => setUnschedulable(name, true),
    uncordon: (name) => setUnschedulable(name, false),
    async rolloutRestart() {
      for (const { name, state } of nodes.values()) if (state !== "dead") await replacePod(name);
    },
    async stop() {
      await Promise.all(nodes.values().map((one) => one.stopPod()));
      await Promise.all(kubelets.values().map((kubelet) => kubelet.close()));
    },
  };
}

const cordonTaint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

function nodeObject({ name, zone, nodeAddress }: NodePlace): ApiObject {
  return {
    metadata: {
      name,
      labels: { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": zone },
    },
    spec: {},
    status: {
      addresses: [{ type: "InternalIP", address: nodeAddress }],
      conditions: [{ type: "Ready", status: "True" }],
    },
  };
}
