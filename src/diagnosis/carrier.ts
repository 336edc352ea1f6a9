import { agentUrl } from "../checks/agentUrl.ts";
import type { Config } from "../config/config.ts";
import type { Peer } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import type { Trust } from "../probes/http/trust.ts";
import { type Brought, postReport, reportsPath, type SignedReport } from "./postReport.ts";

/** Brings reports to a leader: directly or, where it can't be reached, through a neighbour. */
export interface Carrier {
  /** `isLeader` says whether it is worth while to go on. */
  carry(report: SignedReport, leader: URL, isLeader: () => boolean): Promise<Brought>;
  /** Passes on what another agent could not bring, and no further. */
  forward(report: SignedReport, leader: URL): Promise<Brought>;
}

export interface CarrierOptions {
  readonly config: Pick<Config, "tls">;
  readonly edges: Edges;
  readonly trust: Trust;
  readonly peers: () => readonly Peer[];
  readonly signal: AbortSignal;
}

/** A neighbour tries to reach the leader for as long as a direct attempt takes. */
const seconds = { direct: 2, relayed: 3 };
const directAttempts = 2;
const mostRelays = 3;
/** So long reports go through neighbours before the direct way is tried once more. */
const detourSeconds = 60;

interface Detour {
  readonly leader: string;
  /** Monotonic seconds. */
  readonly until: number;
  /** The neighbour that took the last report. */
  readonly relay?: string;
}

/** On a detour, reports take it from the start: one that was first tried directly would come too late to be of use. */
export function createCarrier({ config, edges, trust, peers, signal }: CarrierOptions): Carrier {
  const { clock, random } = edges;
  let detour: Detour | undefined;
  const send = (report: SignedReport, to: URL, most: number) =>
    postReport(to, report, most, trust, { edges, signal });

  const direct = async (report: SignedReport, leader: URL, attempts = 1): Promise<Brought> => {
    const brought = await send(report, leader, seconds.direct);
    return brought === "unreached" && attempts > 1 ? direct(report, leader, attempts - 1) : brought;
  };
  const relaysTo = (leader: URL): readonly URL[] =>
    peers()
      .map((peer) => agentUrl(peer, `${reportsPath}?forward=1`, config))
      .filter(({ hostname }) => hostname !== leader.hostname)
      .map((url) => ({ url, order: url.host === detour?.relay ? -1 : random() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, mostRelays)
      .map(({ url }) => url);
  const relayed = async (report: SignedReport, leader: URL, isLeader: () => boolean): Promise<Brought> => {
    for (const url of relaysTo(leader)) {
      const brought = await send(report, url, seconds.relayed);
      if (detour !== undefined && brought === "taken") detour = { ...detour, relay: url.host };
      if (brought === "taken" || brought === "unfit" || !isLeader()) return brought;
    }
    return "unreached";
  };

  return {
    forward: (report, leader) => direct(report, leader),
    async carry(report, leader, isLeader) {
      if (detour?.leader !== leader.href) detour = undefined;
      if (detour === undefined) {
        const brought = await direct(report, leader, directAttempts);
        if (brought !== "unreached") return brought;
        detour = { leader: leader.href, until: clock.now() + detourSeconds };
      }
      const brought = await relayed(report, leader, isLeader);
      const arrived = brought === "taken" || brought === "unfit";
      if ((arrived && clock.now() < detour.until) || !isLeader()) return brought;
      const again = await direct(report, leader);
      detour = again === "unreached" ? { ...detour, until: clock.now() + detourSeconds } : undefined;
      return arrived ? brought : again;
    },
  };
}
