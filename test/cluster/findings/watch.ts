import { setTimeout as pause } from "node:timers/promises";
import { type Component, componentName, type Finding } from "../../../src/diagnosis/finding.ts";
import type { FindingsAnswer } from "../../../src/server/answers.ts";
import type { ClusterApi } from "../clusterApi.ts";
import { onNode } from "../command.ts";
import { agentsByNode, namespace, nodeOf, type Pod } from "../pods.ts";

/** A finding since it was first seen. */
export interface Sighting {
  /** As it was opened. */
  readonly first: Finding;
  /** As it was last seen. */
  latest: Finding;
  /** Under which it was shown so far. */
  readonly names: Set<string>;
  /** Since the watch began. */
  readonly openedSeconds: number;
  lastSeconds: number;
}

/** Asks the leading agent for the findings once a second. */
export interface FindingsWatch extends AsyncDisposable {
  /** Those since the last call of `restart`, in the order in which they opened. */
  sightings(): readonly Sighting[];
  /** The names of those that are open; undefined while no leader answers. */
  open(): readonly string[] | undefined;
  /** The name of the pod that leads, as the API server said last. */
  leader(): string | undefined;
  /** Seconds since the last call of `restart`. */
  seconds(): number;
  restart(): void;
}

/** As `pair node2 → node3: pair_cut`. */
export function nameOf({ component, cause }: { component: Component; cause: string }): string {
  const name = componentName(component);
  return `${component.kind}${name === component.kind ? "" : ` ${name}`}: ${cause}`;
}

export function watchFindings(api: ClusterApi): FindingsWatch {
  const ending = new AbortController();
  const { signal } = ending;
  let begun = performance.now();
  let sightings = new Map<string, Sighting>();
  let open: readonly Finding[] | undefined;
  let leader: Pod | undefined;

  const seconds = () => (performance.now() - begun) / 1000;
  const look = async () => {
    // While the API server is away, the last leader counts.
    leader = await leadingAgent(api).catch(() => leader);
    open = leader && (await findingsOf(leader).catch(() => undefined));
    for (const finding of open ?? []) {
      const sighting = sightings.get(finding.id) ?? {
        ...{ first: finding, latest: finding, names: new Set<string>() },
        ...{ openedSeconds: seconds(), lastSeconds: seconds() },
      };
      sightings.set(finding.id, sighting);
      sighting.names.add(nameOf(finding));
      Object.assign(sighting, { latest: finding, lastSeconds: seconds() });
    }
  };
  const follow = async () => {
    while (!signal.aborted) {
      const next = pause(1000, undefined, { signal }).catch(() => {});
      await look();
      await next;
    }
  };
  const following = follow();
  return {
    sightings: () => [...sightings.values()],
    open: () => open?.map(nameOf),
    leader: () => leader?.metadata.name,
    seconds,
    restart() {
      begun = performance.now();
      sightings = new Map();
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await following;
    },
  };
}

async function leadingAgent(api: ClusterApi): Promise<Pod | undefined> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/kubenurse`;
  const { spec } = await api.json<{ spec: { holderIdentity?: string } }>(path);
  return (await agentsByNode(api)).find(({ metadata }) => metadata.name === spec.holderIdentity);
}

/** Asked on the agent's own node, since what a node forwards is what the faults disturb. */
async function findingsOf(pod: Pod): Promise<readonly Finding[]> {
  const url = `http://${pod.status.podIP}:8080/api/v1/findings`;
  const answer = await onNode(nodeOf(pod), "curl", "--silent", "--fail", "--max-time", "3", url);
  const { analysis, open } = JSON.parse(answer) as FindingsAnswer;
  if (analysis.source !== "leader") throw new Error("it does not lead");
  return open;
}
