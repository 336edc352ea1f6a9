import { setTimeout as pause } from "node:timers/promises";
import type { ClusterApi } from "./clusterApi.ts";
import { followLog, type LogLine, type PodLog } from "./podLog.ts";
import { isReady, nodeOf, type Pod, pods, podsPath } from "./pods.ts";
import { type Sample, samplesOf, total } from "./samples.ts";
import { waitFor } from "./waiting.ts";

/** One agent, from when its pod was first seen to its end and after. */
export class Agent {
  pod: Pod;
  present = true;
  /** The latest answer of /metrics; empty before the first. */
  samples: readonly Sample[] = [];
  readonly log: PodLog;

  constructor(pod: Pod, log: PodLog) {
    this.pod = pod;
    this.log = log;
  }

  get name() {
    return this.pod.metadata.name;
  }

  get node() {
    return nodeOf(this.pod);
  }

  checksOf(type: string): number {
    return total(this.samples, "kubenurse_httpclient_requests_total", { type });
  }
}

/** All agents there are, and those there were since following began: each one's log to its end, and its metrics. */
export class Fleet implements AsyncDisposable {
  /** Every failure that any agent counted, each by its log and by its metrics. */
  readonly errors: string[] = [];
  readonly #api: ClusterApi;
  readonly #agents = new Map<string, Agent>();
  readonly #ending = new AbortController();
  readonly #following: Promise<void>;

  constructor(api: ClusterApi) {
    this.#api = api;
    this.#following = this.#follow();
  }

  /** Those that are there and not on their way out, ordered by node. */
  get live(): Agent[] {
    const live = [...this.#agents.values()].filter(
      ({ present, pod }) => present && pod.metadata.deletionTimestamp === undefined,
    );
    return live.sort((a, b) => a.node.localeCompare(b.node));
  }

  get gone(): Agent[] {
    return [...this.#agents.values()].filter(({ present }) => !present);
  }

  /** An agent's endpoint, asked now. */
  get(agent: Agent, path: string, headers?: Record<string, string>): Promise<string> {
    return this.#api.text(`${pods}/${agent.name}:8080/proxy${path}`, headers);
  }

  /** Resolves when each agent has checked the API server and each other agent that is ready `count` times more. */
  async rounds(count: number): Promise<void> {
    const agents = this.live;
    const goals = agents.flatMap((agent) =>
      [undefined, ...agents.filter((peer) => peer !== agent)].map((peer) => {
        const type = peer === undefined ? "api_server_direct" : `path_${peer.node}`;
        return { agent, peer, type, checks: agent.checksOf(type) + count };
      }),
    );
    await waitFor(
      `${count} rounds of checks`,
      60 + 10 * count,
      () =>
        goals.every(
          ({ agent, peer, type, checks }) =>
            (peer !== undefined && !isReady(peer.pod)) || agent.checksOf(type) >= checks,
        ) || undefined,
    );
  }

  async [Symbol.asyncDispose]() {
    this.#ending.abort();
    await this.#following;
  }

  async #follow() {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      // While the API server is away there is nothing to see; an agent that is never read fails its test.
      await this.#listPods().catch(() => {});
      await Promise.allSettled(this.live.map((agent) => this.#readMetrics(agent)));
      await pause(1000, undefined, { signal }).catch(() => {});
    }
  }

  async #listPods() {
    const { items } = await this.#api.json<{ items: Pod[] }>(podsPath);
    for (const agent of this.#agents.values()) agent.present = false;
    for (const pod of items) {
      const { name } = pod.metadata;
      const agent = this.#agents.get(name) ?? new Agent(pod, this.#followLog(name));
      this.#agents.set(name, agent);
      agent.pod = pod;
      agent.present = true;
    }
  }

  #followLog(name: string): PodLog {
    const onLine = ({ msg, ...line }: LogLine) => {
      if (msg === "check failed") this.errors.push(`${name} logged ${JSON.stringify(line)}`);
      if (msg === "kubenurse stopped" && line.errors !== 0) {
        this.errors.push(`${name} ended with errors: ${line.errors}`);
      }
    };
    return followLog(this.#api, `${pods}/${name}/log`, this.#ending.signal, onLine);
  }

  async #readMetrics(agent: Agent) {
    const samples = samplesOf(await this.get(agent, "/metrics"));
    for (const { name, labels, value } of samples) {
      if (name !== "kubenurse_errors_total" || value === total(agent.samples, name, labels)) continue;
      this.errors.push(`${agent.name} counted ${JSON.stringify(labels)}: ${value}`);
    }
    agent.samples = samples;
  }
}
