import { setTimeout as pause } from "node:timers/promises";
import type { ClusterApi } from "../clusterApi.ts";
import { onNode } from "../command.ts";
import { agentsByNode, containerOf, nodeOf, type Pod } from "../pods.ts";
import { samplesOf } from "../samples.ts";
import { type Readings, readingsOf } from "./reading.ts";

/** That a reading of a node's agent went up. */
export interface Movement {
  readonly node: string;
  readonly reading: string;
  /** Since the watch began. */
  readonly firstSeconds: number;
  lastSeconds: number;
  /** By how much in all. */
  by: number;
}

/** Looks at every agent's readings once a second. */
export interface Watch extends AsyncDisposable {
  /** Those since the last call of `restart`. */
  movements(): readonly Movement[];
  /** Seconds since then. */
  seconds(): number;
  restart(): void;
}

export function watchReadings(api: ClusterApi): Watch {
  const ending = new AbortController();
  const { signal } = ending;
  /** By container, so that a new agent begins at 0. */
  const before = new Map<string, Readings>();
  let begun = performance.now();
  let moved = new Map<string, Movement>();
  let agents: readonly Pod[] = [];

  const seconds = () => (performance.now() - begun) / 1000;
  const note = (node: string, reading: string, by: number) => {
    const movement = moved.get(`${node} ${reading}`) ?? {
      ...{ node, reading, by: 0 },
      ...{ firstSeconds: seconds(), lastSeconds: seconds() },
    };
    moved.set(`${node} ${reading}`, movement);
    movement.lastSeconds = seconds();
    movement.by += by;
  };
  const look = async (pod: Pod) => {
    const readings = readingsOf(samplesOf(await metricsOf(pod)));
    const last = before.get(containerOf(pod));
    before.set(containerOf(pod), readings);
    for (const [reading, value] of readings) {
      const by = value - (last?.get(reading) ?? 0);
      if (by > 0) note(nodeOf(pod), reading, by);
    }
  };
  const follow = async () => {
    while (!signal.aborted) {
      const next = pause(1000, undefined, { signal }).catch(() => {});
      // While the API server is away, the last list counts; and an agent that begins or ends does not answer.
      agents = await agentsByNode(api).catch(() => agents);
      await Promise.allSettled(agents.map(look));
      await next;
    }
  };
  const following = follow();
  return {
    movements: () => [...moved.values()],
    seconds,
    restart() {
      begun = performance.now();
      moved = new Map();
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await following;
    },
  };
}

/** Asked on the agent's own node, since what a node forwards is what the faults disturb. */
function metricsOf(pod: Pod): Promise<string> {
  const url = `http://${pod.status.podIP}:8080/metrics`;
  return onNode(nodeOf(pod), "curl", "--silent", "--fail", "--max-time", "5", url);
}
