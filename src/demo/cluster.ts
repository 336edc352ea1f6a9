import { type Logger, pino } from "pino";
import { loadConfig } from "../config/loadConfig.ts";
import type { Addresses } from "./addresses.ts";
import { agentEnvironment } from "./agentEnvironment.ts";
import type { ApiServer } from "./api/server.ts";
import { makeCertificateAuthority } from "./certificates.ts";
import { startControlPlane } from "./controlPlane.ts";
import { createFaults, type Fault, type Faults } from "./faults.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import { createNetwork } from "./network/network.ts";
import { createPodFiles, writeResolvConf } from "./podFiles.ts";
import type { ServiceRoutes } from "./serviceRoutes.ts";

export interface DemoClusterOptions {
  readonly nodes: number;
  readonly zones?: number;
  /** All addresses are below 127.<network>; by default a free network is found. */
  readonly network?: number | "free";
  /** Whether the checks run that the Go kubenurse does not have, too; by default not, since they cost several times as much. */
  readonly layers?: boolean;
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
  /** With the files that every pod sees. */
  readonly directory: string;
  /** Heals all, stops all and leaves nothing behind. */
  stop(): Promise<void>;
}

/** @throws the operating system's error where an address can't be used; ConfigError for a bad `environment`. */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const { nodes, zones = 3, network = "free", layers = false, onProgress = () => {} } = options;
  const { environment = {} } = options;
  const log = options.log ?? pino({ level: "silent" });
  await using stack = new AsyncDisposableStack();
  const authority = await makeCertificateAuthority();
  const { token, directory } = stack.use(await createPodFiles(authority.certificatePem));
  const faults = createFaults((fault, now) => {
    applyToNode(fault, now, fleet, controlPlane.routes).catch((error) =>
      log.error({ err: error }, "a fault could not be applied"),
    );
  });
  // Some of the checks of layers keep their connections, too.
  const keepsConnections = layers || environment.KUBENURSE_REUSE_CONNECTIONS === "true";
  const connections = createNetwork(faults, keepsConnections);
  const controlPlane = await startControlPlane({ network, authority, token, faults, connections, stack });
  const { addresses, apiServer } = controlPlane;
  await writeResolvConf(directory, addresses.dnsService);

  const { config } = loadConfig({ ...agentEnvironment(addresses, layers), ...environment });
  const stopping = new AbortController();
  stack.defer(() => stopping.abort());
  const fleet: Fleet = createFleet(zones, config, {
    ...{ controlPlane, network: connections, faults, directory },
    ...{ log, signal: stopping.signal },
  });
  stack.defer(async () => {
    faults.heal();
    await fleet.stop();
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
  return { ...fleet, ...{ addresses, apiServer, faults, directory, stop }, [Symbol.asyncDispose]: stop };
}

/** Links read the faults by themselves; a node has to be told. */
async function applyToNode(fault: Fault, now: "begun" | "ended", fleet: Fleet, routes: ServiceRoutes) {
  const begun = now === "begun";
  if (fault.kind === "stale-proxy") return begun ? routes.standStill(fault.node) : routes.goOn(fault.node);
  if (fault.kind !== "dead-node" && fault.kind !== "freeze" && fault.kind !== "starve") return;
  const node = fleet.nodes().find(({ name }) => name === fault.node);
  if (fault.kind === "dead-node") await (begun ? node?.kill() : node?.revive());
  else if (fault.kind === "freeze") begun ? node?.freeze() : node?.thaw();
  else begun ? node?.starve() : node?.feed();
}
