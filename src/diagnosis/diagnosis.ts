import { isIPv6 } from "node:net";
import type { Config } from "../config/config.ts";
import type { KubernetesConnection } from "../discovery/connection.ts";
import { ownNamespace } from "../discovery/ownNamespace.ts";
import type { OwnNode, PeerView } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import type { Trust } from "../probes/http/trust.ts";
import { createAnalyst } from "./analyst.ts";
import { clusterNodes } from "./clusterNodes.ts";
import { createDelivery, type Delivery } from "./delivery.ts";
import type { Leader } from "./leader.ts";
import { createLeaderDuties, type LeaderDuties } from "./leaderDuties.ts";
import { startLeadership } from "./leadership.ts";
import { leadershipOf } from "./leadershipOf.ts";
import type { Report } from "./report.ts";
import type { DiagnosisView } from "./view.ts";

/** The part of an agent that says what is broken: it brings reports to the leader, and judges them where it leads. */
export interface Diagnosis {
  readonly view: DiagnosisView;
  /** Takes the own report of each window. */
  offer(report: Report): void;
  /** Takes another agent's. */
  receive: Delivery["receive"];
  /** From now on there may be a leader. */
  start(connection: KubernetesConnection): void;
  /** Lets another one lead; what is kept of reports is lost. */
  stop(): Promise<void>;
}

export interface DiagnosisOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly trust: Trust;
  readonly view: () => PeerView;
  /** Absent where this is no agent, and so is on no node that counts. */
  readonly ownNode: () => OwnNode | undefined;
  /** See `LeadershipOptions`. */
  readonly rank: "none" | (() => number);
}

const lookSeconds = 0.5;
const httpPort = 8080;

export function createDiagnosis({ config, edges, trust, ...options }: DiagnosisOptions): Diagnosis {
  const { view, ownNode, rank } = options;
  const { clock, log } = edges;
  const ending = new AbortController();
  const { signal } = ending;
  const received: Record<string, number> = {};
  let opened = 0;
  let election: ReturnType<typeof startLeadership> | undefined;
  let duties: LeaderDuties | undefined;

  const leader = (): Leader => {
    if (config.diagnosis.mode === "alone") return { state: "refused" };
    return election?.leader() ?? { state: "none" };
  };
  const agents = () => {
    const known = view();
    return known.state === "unknown" ? [] : [...known.peers, ...(known.unready ?? [])];
  };
  const leadership = () => leadershipOf(leader(), agents());

  const beginTerm = (scope: "all" | "own") => ({
    scope,
    ...{ loading: undefined as Promise<void> | undefined, isLoaded: false },
    analyst: createAnalyst({
      clock,
      nodes: (open) => clusterNodes(view(), ownNode(), open, clock.wallNow()),
      onOpened(finding) {
        opened += 1;
        log.warn({ finding: finding.id, cause: finding.cause }, `finding: ${finding.summary}`);
      },
    }),
  });
  let term = beginTerm("own");
  /** Who begins or ceases to lead begins anew: what it judged was of other reports. */
  const currentTerm = () => {
    const scope = leadership().state === "self" ? "all" : "own";
    if (term.scope !== scope) term = beginTerm(scope);
    return term;
  };

  const load = async (one: typeof term, from: LeaderDuties) => {
    const outages = await from.load(signal);
    one.analyst.adopt(outages);
    one.isLoaded = true;
  };
  const look = () => {
    const current = currentTerm();
    if (current.scope === "all" && duties !== undefined) current.loading ??= load(current, duties);
    try {
      if (!current.analyst.advance()) return;
    } catch (error) {
      log.error({ err: error }, "the analysis failed, and begins anew");
      term = beginTerm(current.scope);
      return;
    }
    const latest = current.analyst.latest();
    if (current.isLoaded && latest !== undefined) duties?.tell(latest);
  };
  const run = async () => {
    while (!signal.aborted) {
      await wait(clock, lookSeconds, signal);
      if (!signal.aborted) look();
    }
  };

  const delivery = createDelivery({
    ...{ config, edges, trust, leadership },
    peers: () => {
      const known = view();
      return known.state === "unknown" ? [] : known.peers;
    },
    onReport(report) {
      const acceptance = currentTerm().analyst.accept(report);
      received[acceptance] = (received[acceptance] ?? 0) + 1;
    },
  });

  return {
    view: {
      leadership,
      analysis: () => term.analyst.latest(),
      agentNodes: () => clusterNodes(view(), ownNode(), [], clock.wallNow())?.map(({ name }) => name),
      clockOffset: (node) => term.analyst.clockOffset(node),
      opened: () => opened,
      received: () => received,
    },
    offer(report) {
      delivery.offer(report);
      // Where another one judges, an agent knows by itself what it saw.
      const { state } = leadership();
      if (state === "peer" || state === "none") currentTerm().analyst.accept(report);
    },
    receive: delivery.receive,
    start(connection) {
      void run();
      const namespace = ownNamespace(config, edges.serviceAccountDirectory);
      if (namespace === undefined || config.diagnosis.mode === "alone") return;
      const shared = { config, namespace, connection, edges };
      election = startLeadership({
        ...shared,
        rank,
        candidate: candidateOf(config, edges),
        onChange: () => {},
      });
      duties = createLeaderDuties({ ...shared, leads: () => leader().state === "self" });
    },
    async stop() {
      ending.abort("stopping");
      delivery.stop();
      await duties?.stop();
      await election?.stop();
    },
  };
}

/** In the node's network there are addresses that nobody else reaches; its own is known there. */
function candidateOf({ nodeAddress }: Config, { hostname: identity, localAddresses }: Edges) {
  const addresses = localAddresses();
  const host = addresses.find((address) => address === nodeAddress) ?? addresses[0];
  if (host === undefined) return { identity };
  return { identity, address: `${isIPv6(host) ? `[${host}]` : host}:${httpPort}` };
}
