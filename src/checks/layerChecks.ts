import type { Config } from "../config/config.ts";
import { type WatchedSettingsFile, watchSettingsFile } from "../config/watchedSettingsFile.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { ServiceDiscovery } from "../discovery/services.ts";
import type { Edges } from "../edges.ts";
import type { Trust } from "../probes/http/trust.ts";
import type { Results } from "../results/store.ts";
import { createApiServerChecks } from "./apiServerChecks.ts";
import type { Checks } from "./checks.ts";
import { createDnsChecks, type DnsChecks } from "./dnsChecks.ts";
import type { AgentsView } from "./expectedEndpoints.ts";
import { createFileChecks } from "./fileChecks.ts";
import type { HttpCheck } from "./httpCheck.ts";
import { keptChecks } from "./keptChecks.ts";
import { createMesh, type Mesh } from "./mesh.ts";
import { selfCheck } from "./selfCheck.ts";
import { startServiceCheck } from "./serviceChecks.ts";

export interface LayerChecksOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly checks: Checks;
  readonly httpCheck: HttpCheck;
  readonly results: Results;
  readonly trust: Trust;
  readonly agents: AgentsView;
  readonly signal: AbortSignal;
}

/** The checks that the Go kubenurse has not: those that tell layers apart, those of the settings file, and that of the agent itself. */
export interface LayerChecks {
  readonly mesh: Mesh;
  /** @throws ConfigError where the settings file can't be used. */
  start(): Promise<void>;
  followAgents(discovery: Pick<Discovery, "view" | "ownNode">): void;
  followServices(services: ServiceDiscovery): void;
  /** Absent without a settings file. */
  settingsFile(): WatchedSettingsFile | undefined;
  stop(): void;
}

export function createLayerChecks(options: LayerChecksOptions): LayerChecks {
  const { config, edges, checks, httpCheck, trust } = options;
  const mesh = createMesh(options);
  const apiServers = createApiServerChecks(config, edges, checks, httpCheck);
  let dns: DnsChecks | undefined;
  let file: WatchedSettingsFile | undefined;
  return {
    mesh,
    async start() {
      if (config.file !== undefined) {
        const [meshKey] = config.mesh.keys;
        const { follow } = createFileChecks({ checks, httpCheck, trust, meshKey });
        const taken = config.extraChecks.map(({ name }) => name);
        file = await watchSettingsFile(config.file, edges, follow, taken);
      }
      checks.start(selfCheck(edges, httpCheck));
      for (const check of keptChecks(config, edges, httpCheck)) checks.start(check);
      startServiceCheck(options);
      dns = createDnsChecks({ config, edges, checks });
    },
    followAgents(discovery) {
      // Who wants no checks of neighbours wants none of these either.
      if (config.checks.neighbourhood) mesh.follow(discovery);
    },
    followServices(services) {
      dns?.follow(services.dns());
      apiServers.follow(services.apiServer());
    },
    settingsFile: () => file,
    stop: () => file?.stop(),
  };
}
