import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { json } from "node:stream/consumers";
import { ApiError, connectByKubeconfig, type KubernetesConnection } from "../discovery/connection.ts";
import type { Ask } from "./askAgents.ts";

export interface ProxyOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Absent means all. */
  readonly namespace?: string;
  /** Of the agents' pods; absent means those of the chart, else those of the manifests. */
  readonly selector?: string;
}

/** What is read of a pod. */
interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const usualSelectors = ["app.kubernetes.io/name=kubenurse", "app=kubenurse"];
/** In a large cluster, there are enough among the first. */
const mostPods = 50;
const tries = 4;
/** The API server itself waits far longer for a pod on a dead node. */
const seconds = 5;

/** Asks an agent's pod by the API server's proxy: a running one that answers, and the same one again. */
export function askThroughApiServer(options: ProxyOptions, environment: NodeJS.ProcessEnv): Ask {
  let connection: Promise<KubernetesConnection> | undefined;
  let answered: Pod | undefined;
  return async (path) => {
    connection ??= connectByKubeconfig(kubeconfigFiles(options, environment), options.context);
    const api = await connection;
    const pods = answered === undefined ? await findPods(api, options) : [answered];
    answered = undefined;
    let failure: unknown;
    for (const pod of pods.slice(0, tries)) {
      try {
        const answer = await read(
          api,
          `${pathOf(pod.metadata.namespace, pod.metadata.name)}:8080/proxy${path}`,
        );
        answered = pod;
        return answer;
      } catch (error) {
        failure = error;
        // Another pod would be as forbidden as this one.
        if (error instanceof ApiError && [401, 403].includes(error.status)) break;
      }
    }
    throw new Error(`no agent answers through the API server: ${(failure as Error).message}`);
  };
}

/** As kubectl reads them. */
function kubeconfigFiles({ kubeconfig }: ProxyOptions, { KUBECONFIG = "" }: NodeJS.ProcessEnv): string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const files = KUBECONFIG.split(delimiter).filter((file) => file !== "");
  return files.length > 0 ? files : [join(homedir(), ".kube", "config")];
}

/** Ready ones first. @throws Error where there is none. */
async function findPods(api: KubernetesConnection, { namespace, selector }: ProxyOptions): Promise<Pod[]> {
  const selectors = selector === undefined ? usualSelectors : [selector];
  for (const labelSelector of selectors) {
    const query = new URLSearchParams({
      ...{ labelSelector, fieldSelector: "status.phase=Running", limit: String(mostPods) },
    });
    const { items } = (await read(api, `${pathOf(namespace)}?${query}`)) as { items: Pod[] };
    if (items.length > 0) return items.toSorted((a, b) => Number(isReady(b)) - Number(isReady(a)));
  }
  const where = namespace === undefined ? "any namespace" : `namespace ${namespace}`;
  throw new Error(`no pod with ${selectors.join(" or ")} runs in ${where}; say --namespace or --selector`);
}

function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ??
    false
  );
}

function pathOf(namespace: string | undefined, pod?: string): string {
  const within = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `/api/v1${within}/pods${pod === undefined ? "" : `/${encodeURIComponent(pod)}`}`;
}

async function read(api: KubernetesConnection, path: string): Promise<unknown> {
  const signal = AbortSignal.timeout(seconds * 1000);
  return json(await api.get(path, signal));
}
