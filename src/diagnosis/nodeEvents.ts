import type { KubernetesConnection } from "../discovery/connection.ts";
import type { Edges } from "../edges.ts";
import { createApiRequests } from "./apiRequests.ts";
import type { Finding } from "./finding.ts";
import { eventOf, keyOf, type Occurrence, occurrencesOf } from "./nodeEvent.ts";
import { createPatientRequests } from "./patientRequests.ts";

/** Events on the nodes that findings name: one when a finding opens, one each hour, one when it closes. */
export interface NodeEvents {
  /** Takes the findings of an analysis, the open ones and those that closed; what fails is tried again with the next. */
  tell(findings: readonly Finding[]): void;
  /** Resolves when no request is under way. */
  idle(): Promise<void>;
}

export interface NodeEventsOptions {
  readonly connection: KubernetesConnection;
  readonly edges: Pick<Edges, "clock" | "log" | "hostname">;
  /** Whether this agent leads; asked before each Event. */
  readonly leads: () => boolean;
}

/** Events of objects without a namespace are in this one. */
const path = "/api/v1/namespaces/default/events";

export function createNodeEvents({ connection, edges, leads }: NodeEventsOptions): NodeEvents {
  const { clock, hostname } = edges;
  const write = createPatientRequests(createApiRequests(connection, clock), edges, "write Events of nodes");
  /** What was told last of each finding on each node. */
  let told: ReadonlyMap<string, string> = new Map();
  let telling: Promise<void> | undefined;

  const tellAll = async (occurrences: readonly Occurrence[]) => {
    const next = new Map<string, string>();
    let open = true;
    for (const occurrence of occurrences) {
      const { what } = occurrence;
      const key = keyOf(occurrence);
      const before = told.get(key);
      open &&= leads();
      if (before !== what && open) {
        const body = eventOf(occurrence, clock.wallNow(), hostname);
        const { state } = await write(({ write }) => write({ method: "POST", path, body }));
        open = state === "done" || state === "conflict";
      }
      const current = open ? what : before;
      if (current !== undefined) next.set(key, current);
    }
    told = next;
  };

  return {
    tell(findings) {
      telling ??= tellAll(occurrencesOf(findings, clock.wallNow())).finally(() => {
        telling = undefined;
      });
    },
    async idle() {
      await telling;
    },
  };
}
