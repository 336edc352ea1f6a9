import type { Config } from "../config/config.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Peer, PeerView } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import { wait } from "../lib/wait.ts";
import { rememberedHash } from "../mesh/ring.ts";
import { createRotation, type PairCoverage } from "../mesh/rotation.ts";
import type { AttemptContext, Outcome } from "../probes/probe.ts";
import type { Reading } from "../probes/reading.ts";
import { departureSeconds } from "../results/departureGrace.ts";
import { noGrace } from "../results/grace.ts";
import type { Results } from "../results/store.ts";
import type { AgentTests } from "./agentTests.ts";
import type { Checks } from "./checks.ts";
import { settledAt } from "./followedPeers.ts";
import { createPairEvents, type PairEvent, type PairEvents } from "./pairEvents.ts";
import { retryPair } from "./pairRetries.ts";

/** The sort of the checks that visit another agent each time. */
export const rotationSort = "mesh_rotation";

/** A visit to a dead node takes about so long, and twice that with its retries; meanwhile others go on. */
const slowSeconds = 6;
/** More under way at once would be a burden, not a check; so above two visits a second many dead nodes make the period longer. */
const mostLanes = 12;

/** Visits all other agents, one after the other. */
export interface RotatingChecks {
  /** Follows a change of what discovery knows. */
  follow(discovery: Pick<Discovery, "view" | "ownNode">): void;
  /** Absent while there is nobody to visit. */
  coverage(): PairCoverage | undefined;
  readonly failures: PairEvents;
}

export interface RotatingChecksOptions {
  readonly config: Config;
  readonly edges: Edges;
  readonly checks: Pick<Checks, "start" | "end">;
  readonly results: Pick<Results, "subscribe">;
  readonly tests: AgentTests;
}

interface Visit {
  readonly peer: Peer;
  /** Monotonic seconds. */
  readonly begun: number;
  /** Where it failed. */
  readonly event?: PairEvent;
}

/** Visits run in lanes of one check each, since a check's next slot waits for its last one, and a visit to a dead node takes seconds. */
export function createRotatingChecks({
  config,
  edges,
  checks,
  results,
  tests,
}: RotatingChecksOptions): RotatingChecks {
  const { clock, log } = edges;
  const { pairsPerSecond } = config.mesh;
  const rotation = createRotation(pairsPerSecond, rememberedHash());
  const failures = createPairEvents(log);
  /** Visits whose outcome is not judged yet: what this agent made itself tells nothing of a pair. */
  const unjudged = new WeakMap<Outcome<Reading>, Visit>();
  const lanes = Math.max(1, Math.min(mostLanes, Math.ceil(pairsPerSecond * slowSeconds)));
  let view: PeerView = { state: "unknown" };
  let ownNode = "";
  let running = false;

  results.subscribe({
    begun() {},
    counted(_subject, outcome) {
      const visit = unjudged.get(outcome);
      if (visit === undefined) return;
      rotation.visited(visit.peer, visit.begun);
      if (visit.event !== undefined) failures.add(visit.event);
    },
    discarded() {},
    forgotten() {},
  });

  const attempt = async (context: AttemptContext): Promise<Outcome<Reading>> => {
    const begun = clock.now();
    const at = clock.wallNow();
    const peer = rotation.next(begun);
    if (peer === undefined) return { state: "discarded", why: "starting" };
    const outcome = await tests.visit(peer, context);
    unjudged.set(outcome, { peer, begun });
    if (outcome.state !== "failed") return outcome;
    const moment = wait(clock, departureSeconds, context.signal);
    const retries = await retryPair(peer, ownNode, view, tests, context);
    await moment;
    if (context.signal.aborted) return { state: "discarded", why: context.signal.reason };
    if (!isThere(peer, view)) return { state: "discarded", why: "peer-left" };
    const { reason } = outcome;
    const event = { at, from: ownNode, to: peer.nodeName, reason, retries };
    unjudged.set(outcome, { peer, begun, event });
    return outcome;
  };

  const typeOf = (lane: number) => `${rotationSort}_${lane + 1}`;
  const start = (lane: number) =>
    checks.start({
      subject: {
        type: typeOf(lane),
        probe: "http",
        target: rotationSort,
        sort: rotationSort,
        compatible: false,
      },
      ...{ attempt, grace: noGrace, intervalSeconds: lanes / pairsPerSecond },
    });
  const run = (wanted: boolean) => {
    if (wanted === running) return;
    running = wanted;
    for (let lane = 0; lane < lanes; lane += 1) {
      if (wanted) start(lane);
      else checks.end(typeOf(lane), "peer-left");
    }
  };

  return {
    failures,
    coverage: () => rotation.coverage(clock.now()),
    follow(discovery) {
      if (pairsPerSecond === 0) return;
      view = discovery.view();
      if (view.state === "unknown") return;
      ownNode = discovery.ownNode().name ?? "";
      rotation.follow(ownNode, view.peers, (peer) => settledAt(peer, edges), clock.wallNow());
      run(rotation.coverage(clock.now()) !== undefined);
    },
  };
}

function isThere({ podName, podIP }: Peer, view: PeerView): boolean {
  return (
    view.state !== "unknown" && view.peers.some((peer) => peer.podName === podName && peer.podIP === podIP)
  );
}
