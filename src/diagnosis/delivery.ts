import type { Config } from "../config/config.ts";
import type { Peer } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import { sign } from "../mesh/signature.ts";
import type { Trust } from "../probes/http/trust.ts";
import { createCarrier } from "./carrier.ts";
import { createPatience } from "./patience.ts";
import { type Brought, reportsPath, type SignedReport } from "./postReport.ts";
import { type Report, reportSeconds } from "./report.ts";
import { encodeReport } from "./reportCodec.ts";
import type { Leadership } from "./view.ts";

/** Brings the own reports to the leader, and takes those of others where this agent leads. */
export interface Delivery {
  /** Keeps a report until the leader has it, at most 5 minutes. */
  offer(report: Report): void;
  /** Takes another agent's report where this one leads; where another does, passes it on if it is to be forwarded. */
  receive(report: Report, signed: SignedReport, forward: boolean): Promise<Brought>;
  counts(): DeliveryCounts;
  /** Ends what is under way; what is kept is lost. */
  stop(): void;
}

/** Own reports: waiting now, taken by the leader so far, given up so far. */
interface DeliveryCounts {
  readonly kept: number;
  readonly delivered: number;
  readonly lost: number;
}

export interface DeliveryOptions {
  readonly config: Pick<Config, "tls" | "mesh">;
  readonly edges: Edges;
  readonly trust: Trust;
  readonly leadership: () => Leadership;
  /** Whom to ask to pass a report on. */
  readonly peers: () => readonly Peer[];
  /** Told of each report where this agent judges, the own ones included. */
  readonly onReport: (report: Report) => void;
}

const mostKept = 300 / reportSeconds;
/** All agents make their reports at the same time, and the leader waits for them for two seconds. */
const spreadSeconds = 1;
/** What was kept while there was no leader comes in parts, lest that of all agents comes at once. */
const mostInARound = 12;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { edges, leadership, onReport } = options;
  const [key] = options.config.mesh.keys;
  const ending = new AbortController();
  const { signal } = ending;
  const carrier = createCarrier({ ...options, signal });
  const patience = createPatience(edges);
  const kept = new Set<Report>();
  let delivered = 0;
  let lost = 0;
  let underWay = false;

  const bring = async (report: Report): Promise<Brought> => {
    const leader = leadership();
    if (leader.state === "none") return "unreached";
    if (leader.state === "peer") {
      const isLeader = () => !signal.aborted && placeOf(leadership()) === placeOf(leader);
      return carrier.carry(signedReport(report, key), reportsAt(leader.url), isLeader);
    }
    onReport(report);
    return "taken";
  };
  const bringAll = async (): Promise<"good" | "failed"> => {
    // The latest one first, since only that one is still waited for.
    let next = [...kept].at(-1);
    for (let count = 0; next !== undefined && count < mostInARound; count += 1) {
      const brought = await bring(next);
      if (brought === "refused" || brought === "unreached") return "failed";
      kept.delete(next);
      if (brought === "taken") delivered += 1;
      else lost += 1;
      [next] = kept;
    }
    return "good";
  };
  const deliver = async () => {
    await wait(edges.clock, edges.random() * spreadSeconds, signal);
    if (signal.aborted || !patience.isDue(placeOf(leadership()))) return;
    const how = await bringAll();
    if (!signal.aborted) patience.ended(how);
  };

  return {
    offer(report) {
      kept.add(report);
      const [oldest] = kept;
      if (oldest !== undefined && kept.size > mostKept && kept.delete(oldest)) lost += 1;
      if (underWay) return;
      underWay = true;
      void deliver().finally(() => {
        underWay = false;
      });
    },
    async receive(report, signed, forward) {
      const leader = leadership();
      if (leader.state === "peer" && forward) return carrier.forward(signed, reportsAt(leader.url));
      if (leader.state !== "self") return "refused";
      onReport(report);
      return "taken";
    },
    counts: () => ({ kept: kept.size, delivered, lost }),
    stop: () => ending.abort("stopping"),
  };
}

function placeOf(leader: Leadership): string {
  return leader.state === "peer" ? leader.url.href : leader.state;
}

function reportsAt(leader: URL): URL {
  return new URL(reportsPath, leader);
}

function signedReport(report: Report, key: string | undefined): SignedReport {
  const body = encodeReport(report);
  return key === undefined ? { body } : { body, signature: sign(key, reportsPath, body) };
}
