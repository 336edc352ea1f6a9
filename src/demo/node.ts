import { type Agent, createAgent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import type { DiagnosisView } from "../diagnosis/view.ts";
import type { Clock, Edges } from "../edges.ts";
import type { ResultsView } from "../results/results.ts";
import { ports } from "./addresses.ts";
import type { Store } from "./api/store.ts";
import { markTerminating } from "./api/write.ts";
import { createFreezableClock, type FreezableClock } from "./freezableClock.ts";
import type { Network } from "./network/network.ts";
import { createPod, markReady, namespace } from "./pod.ts";
import { followReadiness } from "./readiness.ts";
import { followBursts } from "./starvation.ts";

export interface NodePlace {
  readonly name: string;
  readonly zone: string;
  /** Of its pod, which stays the same from one pod to the next. */
  readonly address: string;
  readonly nodeAddress: string;
}

/** Seconds after which the control plane gives up a node it hears nothing from (its node-monitor-grace-period). */
const graceSeconds = 40;

export interface NodeOptions extends NodePlace {
  readonly config: Config;
  readonly store: Store;
  readonly network: Network;
  /** What an agent whose process has this clock gets beside it and its names. */
  readonly edges: (clock: Clock) => Omit<Edges, "clock" | "hostname" | "localAddresses" | "listenAddress">;
}

interface Running {
  readonly agent: Agent;
  readonly clock: FreezableClock;
  readonly ended: AbortController;
}

/** A node, its kubelet, and the DaemonSet's pod on it. Its changes happen one after the other, each after the ones before. */
export interface DemoNode extends NodePlace {
  readonly state: "empty" | "running" | "frozen" | "dead";
  /** The name of the present pod, or of the last one. */
  readonly podName: string;
  /** Of the running agent. */
  readonly results: ResultsView | undefined;
  readonly diagnosis: DiagnosisView | undefined;
  /** Creates a pod; resolves when its agent answers. */
  startPod(): Promise<void>;
  /** Ends the pod as the API does: it is first marked, then its agent stops by itself, then it is gone. */
  stopPod(): Promise<void>;
  /** All at once and without a word: for the API the pod runs on. */
  kill(): Promise<void>;
  /** Starts the agent of a killed node's pod again. */
  revive(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Lets the agent stand still in bursts until it is fed. */
  starve(): void;
  feed(): void;
}

export function createDemoNode(options: NodeOptions): DemoNode {
  const { name, zone, address, nodeAddress, config, store, network } = options;
  let running: Running | undefined;
  let state: DemoNode["state"] = "empty";
  let podName = "";
  let grace: NodeJS.Timeout | undefined;
  let feed = () => {};
  let work = Promise.resolve();

  const inTurn = (step: () => Promise<void>) => {
    const done = work.then(step);
    work = done.catch(() => {});
    return done;
  };
  const setReady = (ready: boolean) =>
    store.update("pods", podName, namespace, (pod) => markReady(pod, ready));

  const startAgent = async () => {
    const clock = createFreezableClock();
    const edges = options.edges(clock);
    const agent = createAgent(
      { ...config, nodeAddress },
      {
        ...{ ...edges, clock, hostname: podName, listenAddress: address },
        localAddresses: () => [address],
        log: edges.log.child({ node: name }),
      },
    );
    await agent.start();
    const ended = new AbortController();
    running = { agent, clock, ended };
    state = "running";
    const connect = () => network.connect(name, address, { address, port: ports.agent });
    void followReadiness(connect, setReady, ended.signal);
  };

  const stopAgent = async () => {
    running?.ended.abort();
    running?.clock.thaw();
    await running?.agent.stop();
    running = undefined;
  };

  return {
    ...{ name, zone, address, nodeAddress },
    get state() {
      return state;
    },
    get podName() {
      return podName;
    },
    get results() {
      return running?.agent.results;
    },
    get diagnosis() {
      return running?.agent.diagnosis;
    },
    startPod: () =>
      inTurn(async () => {
        network.attach(address, { place: name, pod: true });
        podName = store.create("pods", createPod(name, address, nodeAddress)).metadata.name;
        await startAgent();
      }),
    stopPod: () =>
      inTurn(async () => {
        clearTimeout(grace);
        if (state === "empty") return;
        store.update("pods", podName, namespace, markTerminating);
        await stopAgent();
        store.remove("pods", podName, namespace);
        state = "empty";
      }),
    kill: () =>
      inTurn(async () => {
        if (state === "empty" || state === "dead") return;
        // An agent that leads would let another one lead.
        running?.clock.leap();
        await stopAgent();
        state = "dead";
        grace = setTimeout(() => setReady(false), graceSeconds * 1000);
      }),
    revive: () =>
      inTurn(async () => {
        clearTimeout(grace);
        if (state === "dead") await startAgent();
      }),
    freeze() {
      if (state === "running") state = "frozen";
      running?.clock.freeze();
    },
    thaw() {
      if (state === "frozen") state = "running";
      running?.clock.thaw();
    },
    starve() {
      feed();
      const goOn = () => state === "running" && running?.clock.thaw();
      feed = followBursts(() => running?.clock.freeze(), goOn);
    },
    feed: () => feed(),
  };
}
