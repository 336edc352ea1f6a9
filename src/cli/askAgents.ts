import type { ErrorAnswer } from "../server/answers.ts";
import { askThroughApiServer, type ProxyOptions } from "./askThroughApiServer.ts";

/** Gets the JSON at a path of any agent. @throws Error with one line for the user. */
export type Ask = (path: string) => Promise<unknown>;

export interface AskOptions extends ProxyOptions {
  /** Where an agent answers; with a path where it is behind something, such as `kubectl proxy`. */
  readonly url?: string;
}

/** In a pod of an agent's, where nothing else is said. */
const ownAgent = "http://localhost:8080";
const seconds = 10;

/** By `url` where it is given, in a pod by the agent in it, else through the API server that kubectl would talk to. */
export function askAgents(options: AskOptions, environment: NodeJS.ProcessEnv): Ask {
  const { url, kubeconfig, context, namespace, selector } = options;
  if (url !== undefined) return askAt(url);
  const wanted = kubeconfig ?? context ?? namespace ?? selector ?? environment.KUBECONFIG;
  if (wanted === undefined && environment.KUBERNETES_SERVICE_HOST !== undefined) return askAt(ownAgent);
  return askThroughApiServer(options, environment);
}

function askAt(url: string): Ask {
  return async (path) => {
    const response = await fetch(url.replace(/\/$/, "") + path, {
      signal: AbortSignal.timeout(seconds * 1000),
      redirect: "error",
    }).catch((error: Error) => {
      throw new Error(`${url} does not answer: ${reasonOf(error)}`);
    });
    const body = await response.text();
    if (response.status === 200) return parse(body, url);
    throw new Error(`${url} answered ${response.status}: ${messageIn(body)}`);
  };
}

function parse(body: string, url: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`${url} answered no JSON; is it an agent of kubenurse 2 or later?`);
  }
}

function messageIn(body: string): string {
  try {
    return String((JSON.parse(body) as Partial<ErrorAnswer>).message);
  } catch {
    return "no JSON";
  }
}

/** What fetch throws says little, and its cause more. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
