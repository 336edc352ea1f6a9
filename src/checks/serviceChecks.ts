import type { Config } from "../config/config.ts";
import type { Edges } from "../edges.ts";
import { hostAndPort } from "../probes/http/hostAndPort.ts";
import { Connections } from "../probes/http/target.ts";
import type { Trust } from "../probes/http/trust.ts";
import { serviceProbe } from "../probes/service/probe.ts";
import { createReach } from "../probes/service/reach.ts";
import { startGrace } from "../results/startGrace.ts";
import { createBursts } from "./bursts.ts";
import type { Checks } from "./checks.ts";
import { type AgentsView, expectedEndpoints } from "./expectedEndpoints.ts";
import { followAddress } from "./followAddress.ts";

export interface ServiceCheckOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly checks: Pick<Checks, "start" | "end">;
  readonly trust: Trust;
  readonly agents: AgentsView;
  /** Ends the look-ups of the Service's address. */
  readonly signal: AbortSignal;
}

const type = "me_service_address";

/** Checks the agents' Service by its address, so that DNS plays no part, as soon as the address is known. */
export function startServiceCheck(options: ServiceCheckOptions): void {
  const { config, edges, checks, trust, agents, signal } = options;
  const { serviceCheckUrl: url, layers, proxy, checkIntervalSeconds } = config;
  if (!layers.serviceEndpoints || url === undefined || proxy.proxyFor(url) !== undefined) return;
  const { host, port } = hostAndPort(url);
  const connections = new Connections(false);
  const start = (address: string) => {
    const connectTo = { address, port };
    const expected = () => expectedEndpoints(address, agents, edges);
    const target = {
      request: { url, connectTo, headers: {}, proxyFor: () => undefined, trust, connections },
      reach: createReach(),
      expected,
    };
    checks.end(type, "peer-left");
    checks.start({
      subject: { type, probe: "service", target: type, sort: type, compatible: false },
      attempt: (context) => serviceProbe.attempt(target, context),
      grace: startGrace,
      intervalSeconds: checkIntervalSeconds / 2,
      attemptsAfter: createBursts(() => expected().length),
    });
  };
  void followAddress(host, edges, start, signal);
}
