import { type Logger, pino } from "pino";
import { loadConfig } from "../config/loadConfig.ts";
import { type Addresses, ports } from "./addresses.ts";
import type { ApiServer } from "./api/server.ts";
import { makeCertificateAuthority } from "./certificates.ts";
import { ingressHost, startControlPlane } from "./controlPlane.ts";
import { createFaults, type Fault, type Faults } from "./faults.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { createNetwork } from "./network/network.ts";
import { namespace, service } from "./pod.ts";
import { createServiceAccount } from "./serviceAccount.ts";

export interface DemoClusterOptions {
  readonly nodes: number;
  readonly zones?: number;
  /** All addresses are below 127.<network>; by default a free network is found. */
  readonly network?: number | "free";
  /** Settings of all agents, beside those that make them fit into the cluster. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the agents log, each with its `node`; by default nowhere. */
  readonly log?: Logger;
  /** Called as each agent starts. */
  readonly onProgress?: (started: number) => void;
}

/** A cluster on loopback: real agents, real sockets, and everything can be broken. */
export interface DemoCluster extends Fleet, AsyncDisposable {
  readonly addresses: Addresses;
  readonly apiServer: ApiServer;
  readonly faults: Faults;
  /** Heals all, stops all and leaves nothing behind. */
  stop(): Promise<void>;
}

/** @throws the operating system's error where an address can't be used; ConfigError for a bad `environment`. */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const { nodes, zones = 3, network = "free", environment = {}, onProgress = () => {} } = options;
  const log = options.log ?? pino({ level: "silent" });
  await using stack = new AsyncDisposableStack();
  const authority = await makeCertificateAuthority();
  const { token, directory } = stack.use(await createServiceAccount(authority.certificatePem));
  const faults = createFaults((fault, now) => {
    applyToNode(fault, now, fleet).catch((error) =>
      log.error({ err: error }, "a fault could not be applied"),
    );
  });
  const connections = createNetwork(faults, environment.KUBENURSE_REUSE_CONNECTIONS === "true");
  const controlPlane = await startControlPlane({ network, authority, token, faults, connections, stack });
  const { addresses, apiServer } = controlPlane;

  const { config } = loadConfig({ ...environmentOf(addresses), ...environment });
  const stopping = new AbortController();
  stack.defer(() => stopping.abort());
  const fleet: Fleet = createFleet(zones, config, {
    ...{ controlPlane, network: connections, faults, serviceAccountDirectory: directory },
    ...{ log, signal: stopping.signal },
  });
  stack.defer(async () => {
    faults.heal();
    await Promise.all(fleet.nodes().map((node) => node.stopPod()));
  });

  let started = 0;
  const starts = Array.from({ length: nodes }, async () => {
    await fleet.addNode();
    started += 1;
    onProgress(started);
  });
  await Promise.all(starts);
  const running = stack.move();
  const stop = () => running.disposeAsync();
  return { ...fleet, ...{ addresses, apiServer, faults, stop }, [Symbol.asyncDispose]: stop };
}

/** Links read the faults by themselves; a node has to be told. */
async function applyToNode(fault: Fault, now: "begun" | "ended", fleet: Fleet): Promise<void> {
  if (fault.kind !== "dead-node" && fault.kind !== "freeze") return;
  const node = fleet.nodes().find(({ name }) => name === fault.node);
  if (fault.kind === "dead-node") await (now === "begun" ? node?.kill() : node?.revive());
  else if (now === "begun") node?.freeze();
  else node?.thaw();
}

function environmentOf({ apiServer }: Addresses): Record<string, string> {
  return {
    KUBERNETES_SERVICE_HOST: apiServer,
    KUBERNETES_SERVICE_PORT: String(ports.apiServer),
    KUBENURSE_INGRESS_URL: `https://${ingressHost}:${ports.ingress}`,
    KUBENURSE_SERVICE_URL: `http://${service}.${namespace}.svc.cluster.local:${ports.agent}`,
    KUBENURSE_NAMESPACE: namespace,
    KUBENURSE_NEIGHBOUR_FILTER: `app=${service}`,
    KUBENURSE_SHUTDOWN_DURATION: "0s",
  };
}
