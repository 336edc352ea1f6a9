import type { Config } from "../config/config.ts";
import type { KubernetesConnection } from "../discovery/connection.ts";
import type { Edges } from "../edges.ts";
import { createNodeConditions } from "./nodeCondition.ts";
import { createNodeEvents } from "./nodeEvents.ts";
import { createOutageStore } from "./outageStore.ts";
import type { Outages } from "./outages.ts";

/** What a leader does in the API beside its Lease. */
export interface LeaderDuties {
  /** What the last leader left. */
  load(signal: AbortSignal): Promise<Outages>;
  /** Tells the cluster of an analysis; to be called with each one, after `load`. */
  tell(outages: Outages): void;
  /** Ends what is under way; to be called while this agent still leads. */
  stop(): Promise<void>;
}

export interface LeaderDutiesOptions {
  readonly config: Pick<Config, "diagnosis">;
  readonly namespace: string;
  readonly connection: KubernetesConnection;
  readonly edges: Edges;
  /** Whether this agent leads; asked before each change. */
  readonly leads: () => boolean;
}

export function createLeaderDuties(options: LeaderDutiesOptions): LeaderDuties {
  const { events, nodeCondition } = options.config.diagnosis;
  const store = createOutageStore(options);
  const tellers = [
    ...(events ? [createNodeEvents(options)] : []),
    ...(nodeCondition ? [createNodeConditions(options)] : []),
  ];
  return {
    load: store.load,
    tell(outages) {
      store.keep(outages);
      for (const teller of tellers) teller.tell([...outages.open, ...outages.closed]);
    },
    async stop() {
      await Promise.all([store.stop(), ...tellers.map((teller) => teller.idle())]);
    },
  };
}
