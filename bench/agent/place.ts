import { ports } from "../../src/demo/addresses.ts";
import { agentEnvironment } from "../../src/demo/agentEnvironment.ts";
import type { DemoCluster } from "../../src/demo/cluster.ts";
import { ingressHost } from "../../src/demo/controlPlane.ts";
import { startKubelet } from "../../src/demo/kubelet.ts";
import type { Listener } from "../../src/demo/network/listener.ts";
import { createPod, markReady, namespace, service } from "../../src/demo/pod.ts";
import { resolvConfIn } from "../../src/demo/podFiles.ts";
import type { SocketAddress } from "../../src/edges.ts";
import type { Place } from "./measuredEdges.ts";

/** A node of the cluster whose agent is to be a process of its own. */
export interface MeasuredNode {
  readonly address: string;
  readonly kubelet: Listener;
  /** As its peers learn that the agent is there. */
  becomeReady(): void;
  /** The agent's, once all nodes that it is to know are there. */
  environment(all: readonly MeasuredNode[]): Record<string, string>;
}

/** Adds the node with this number, from 1, and the pod on it, which is not ready yet. */
export async function addMeasuredNode(cluster: DemoCluster, number: number): Promise<MeasuredNode> {
  const { addresses, directory } = cluster;
  const { store } = cluster.apiServer;
  const zone = ((number - 1) % 3) + 1;
  const [name, address, nodeAddress] = [
    `node-${number}`,
    addresses.pod(zone, number),
    addresses.node(zone, number),
  ];
  store.create("nodes", {
    metadata: { name, labels: { "topology.kubernetes.io/zone": `zone-${"abc"[zone - 1]}` } },
    spec: {},
    status: { conditions: [{ type: "Ready", status: "True" }] },
  });
  const podName = store.create("pods", createPod(name, address, nodeAddress)).metadata.name;
  return {
    address,
    kubelet: await startKubelet(nodeAddress),
    becomeReady: () => void store.update("pods", podName, namespace, (pod) => markReady(pod, true)),
    environment(all) {
      const at =
        (port: number) =>
        (address: string): SocketAddress => ({ address, port });
      const agents = [...cluster.nodes(), ...all].map((node) => node.address);
      const place: Place = {
        ...{ address, podName, serviceAccountDirectory: directory, resolvConf: resolvConfIn(directory) },
        endpoints: {
          [addresses.service]: agents.map(at(ports.agent)),
          [addresses.dnsService]: addresses.dns.map(at(ports.dns)),
          [addresses.apiServer]: addresses.apiServerEndpoints.map(at(ports.apiServer)),
        },
        hosts: {
          "kubernetes.default.svc.cluster.local": addresses.apiServer,
          [`${service}.${namespace}.svc.cluster.local`]: addresses.service,
          [ingressHost]: addresses.ingress,
        },
      };
      return {
        ...agentEnvironment(addresses, true),
        KUBENURSE_DISCOVERY_SERVICE: service,
        KUBENURSE_NODE_NAME: name,
        KUBENURSE_NODE_ADDRESS: nodeAddress,
        KUBENURSE_LOG_LEVEL: "error",
        BENCH_PLACE: JSON.stringify(place),
      };
    },
  };
}
