import type { PairEvent } from "../checks/pairEvents.ts";
import { rotationSort } from "../checks/rotatingChecks.ts";
import type { OwnNode } from "../discovery/peer.ts";
import type { Edges } from "../edges.ts";
import type { Failed, Ok } from "../probes/probe.ts";
import type { ProbeKind, Reading } from "../probes/reading.ts";
import { readLinearTimeouts } from "../probes/synRetransmits.ts";
import type { ResultListener, ResultsView } from "../results/results.ts";
import type { ReadThrottling } from "../schedule/cgroup.ts";
import { followWindows } from "./alignedWindows.ts";
import { addBad, addEarlier, addOutcome, emptyFlow, secondsOf } from "./flow.ts";
import { createOwnHealth } from "./ownHealth.ts";
import { type Flow, type Report, reportSeconds, type Target } from "./report.ts";
import { targetOf } from "./targetOf.ts";

/** Sums up what the agent sees. */
export interface Reporter {
  /** To be told of each measured delay of the event loop, in seconds. */
  observeLoopDelay(seconds: number): void;
  /** Makes a report at the end of every window until `signal` is aborted; none while the own node is unknown. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ReporterOptions {
  readonly edges: Pick<Edges, "clock" | "hostname" | "proc">;
  readonly results: Pick<ResultsView, "subjects"> & { subscribe(listener: ResultListener): void };
  readonly ownNode: () => OwnNode;
  /** The latest pairs that failed, oldest first. */
  readonly pairEvents: () => readonly PairEvent[];
  readonly readThrottling: ReadThrottling;
  readonly onReport: (report: Report) => void;
}

export function createReporter(options: ReporterOptions): Reporter {
  const { edges, results, ownNode, pairEvents } = options;
  const { clock, hostname: pod } = edges;
  const linearTimeouts = readLinearTimeouts(edges.proc);
  const health = createOwnHealth(options.readThrottling);
  let flows = new Map<string, Flow>();
  let lastEvent: PairEvent | undefined;
  let sequence = 0;

  const change = (probe: ProbeKind, target: Target | undefined, changed: (flow: Flow) => Flow) => {
    if (target === undefined) return;
    const key = keyOf(probe, target);
    flows.set(key, changed(flows.get(key) ?? emptyFlow(probe, target)));
  };
  results.subscribe({
    begun() {},
    forgotten() {},
    counted(subject, outcome) {
      health.counted(subject.type, outcome.state);
      const target = subject.sort === rotationSort ? visited(outcome) : targetOf(subject);
      const now = clock.wallNow();
      const windowsAgo = windowOf(now) - windowOf(now - secondsOf(outcome));
      change(subject.probe, target, (flow) => addOutcome(flow, outcome, linearTimeouts, windowsAgo));
    },
    discarded(subject, why) {
      health.discarded(why);
      const more = (flow: Flow) => ({ ...flow, discarded: flow.discarded + 1 });
      change(subject.probe, targetOf(subject), more);
    },
  });

  const takeEvents = () => {
    const events = pairEvents();
    const fresh = events.slice(lastEvent === undefined ? 0 : events.indexOf(lastEvent) + 1);
    lastEvent = events.at(-1);
    return fresh;
  };
  const take = (from: number): Pick<Report, "flows" | "pairs"> => {
    const events = takeEvents();
    for (const { to: node, reason, at } of events) {
      const windowsAgo = windowOf(from) - windowOf(at);
      change("http", { kind: "node", node }, (flow) => addEarlier(addBad(flow, reason), windowsAgo));
    }
    const pairs = events.map(({ at: _at, ...pair }) => pair);
    const watched = new Set(
      [...results.subjects()].map((subject) => keyOf(subject.probe, targetOf(subject))),
    );
    const all = [...flows].map(([key, flow]) =>
      watched.has(key) ? flow : { ...flow, rotated: true as const },
    );
    flows = new Map();
    return {
      flows: all.toSorted((a, b) => rank(a) - rank(b)),
      ...(pairs.length === 0 ? {} : { pairs }),
    };
  };

  return {
    observeLoopDelay: health.observeLoopDelay,
    run(signal) {
      const onEnd = (elapsedSeconds: number, until?: number) => {
        const from = (until ?? clock.wallNow()) - reportSeconds;
        const seen = { ...take(from), health: health.take(elapsedSeconds) };
        const { name: node, zone } = ownNode();
        if (until === undefined || node === undefined) return;
        sequence += 1;
        const whose = { version: 1, node, ...(zone ? { zone } : {}), pod, sequence } as const;
        options.onReport({ ...whose, from, until, ...seen });
      };
      return followWindows(clock, reportSeconds, onEnd, signal);
    },
  };
}

function windowOf(unixSeconds: number): number {
  return Math.floor(unixSeconds / reportSeconds);
}

function keyOf(probe: ProbeKind, target: Target | undefined): string {
  return `${probe} ${JSON.stringify(target)}`;
}

/** The rotation's failures are among the pairs that failed, with the node that was visited. */
function visited({ state, reading }: Ok<Reading> | Failed<Reading>): Target | undefined {
  const node = state === "ok" && reading.kind === "http" ? reading.answeredBy?.node : undefined;
  return node === undefined ? undefined : { kind: "node", node };
}

/** Where there are too many flows for a report, the last are left out: those of `path_*` without a limit, and of the rotation. */
function rank({ probe, target, rotated }: Flow): number {
  if (rotated) return 2;
  return probe === "http" && target.kind === "node" ? 1 : 0;
}
