import { existsSync } from "node:fs";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/configError.ts";
import { createChangingFile } from "../lib/changingFile.ts";

/** The way to one API server, with its credentials. */
export interface KubernetesConnection {
  /**
   * Sends a GET and resolves when the answer's headers are there, with its body still to be read.
   * @throws ApiError for every status but 200; the connection's own error where there is no answer.
   */
  get(path: string, signal: AbortSignal): Promise<IncomingMessage>;
  /**
   * Sends an object and resolves with the one that the API server answers.
   * @throws ApiError for every status but 200 and 201, such as 409 where the object was changed or made meanwhile; else as `get`.
   */
  send(change: Change, signal: AbortSignal): Promise<unknown>;
}

/** POST creates in a collection, PUT replaces an object of the same `resourceVersion`, PATCH changes parts of one. */
export interface Change {
  readonly method: "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly body: object;
  /** Absent means JSON; a patch needs one. */
  readonly contentType?: string;
}

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Connects as kubectl would: by KUBECONFIG, else by the pod's service account, else by ~/.kube/config.
 * @throws ConfigError where there is none of them or a file can't be used.
 */
export async function connectToKubernetes(
  config: Config,
  serviceAccountDirectory: string,
): Promise<KubernetesConnection> {
  if (config.kubeconfigFiles.length > 0) return connectByKubeconfig(config.kubeconfigFiles);
  const token = join(serviceAccountDirectory, "token");
  if (config.apiServer !== undefined && existsSync(token)) {
    return connectInCluster(config.apiServer.directUrl, serviceAccountDirectory);
  }
  const homeConfig = join(homedir(), ".kube", "config");
  if (existsSync(homeConfig)) return connectByKubeconfig([homeConfig]);
  throw new ConfigError([
    `KUBECONFIG: not set, and this is no pod (${token} does not exist) and ${homeConfig} does not exist; expected one of the three`,
  ]);
}

/** Token and CA are re-read when they change, so a rotated token is used by the next request. */
function connectInCluster(apiServer: URL, serviceAccountDirectory: string): KubernetesConnection {
  const token = createChangingFile(join(serviceAccountDirectory, "token"));
  const ca = createChangingFile(join(serviceAccountDirectory, "ca.crt"));
  const optionsFor = async (): Promise<RequestOptions> => ({
    ca: ca.read().content,
    headers: { authorization: `Bearer ${token.read().content.trim()}` },
  });
  return connectionTo((path) => new URL(path, apiServer), optionsFor);
}

/**
 * Connects by the context that the files name as current one, or by `context`. Loads the Kubernetes client only here: in a
 * cluster it would cost memory for nothing.
 * @throws ConfigError where a file can't be used or has no such context.
 */
export async function connectByKubeconfig(
  files: readonly string[],
  context?: string,
): Promise<KubernetesConnection> {
  const { KubeConfig } = await import("./kubeConfig.ts");
  const kubeconfig = new KubeConfig();
  for (const [index, file] of files.entries()) {
    const one = new KubeConfig();
    try {
      one.loadFromFile(file);
      if (index === 0) kubeconfig.loadFromFile(file);
      else kubeconfig.mergeConfig(one, Boolean(kubeconfig.getCurrentContext()));
    } catch (error) {
      throw new ConfigError([`KUBECONFIG: can't use ${JSON.stringify(file)}: ${(error as Error).message}`]);
    }
  }
  if (context !== undefined) kubeconfig.setCurrentContext(context);
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined) {
    const wanted = context === undefined ? "a current-context" : `a context ${JSON.stringify(context)}`;
    throw new ConfigError([`KUBECONFIG: no current cluster in ${files.join(", ")}; expected ${wanted}`]);
  }
  const optionsFor = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    // Without TLS, as behind `kubectl proxy`, the client refuses to give out credentials.
    if (server.startsWith("http:")) return options;
    await kubeconfig.applyToHTTPSOptions(options);
    return options;
  };
  return connectionTo((path) => below(new URL(server), path), optionsFor);
}

/** The server of a kubeconfig may have a path of its own, as behind a proxy for several clusters. */
function below({ origin, pathname }: URL, path: string): URL {
  return new URL(`${origin}${pathname.replace(/\/$/, "")}${path}`);
}

function connectionTo(
  urlOf: (path: string) => URL,
  optionsFor: () => Promise<RequestOptions>,
): KubernetesConnection {
  return {
    get: async (path, signal) => ask(urlOf(path), { ...(await optionsFor()), signal }),
    async send({ method, path, body, contentType = "application/json" }, signal) {
      const { headers, ...options } = await optionsFor();
      const withType = { ...headers, "content-type": contentType };
      const request = { ...options, method, headers: withType, signal };
      return JSON.parse(await text(await ask(urlOf(path), request, JSON.stringify(body))));
    },
  };
}

async function ask(url: URL, options: RequestOptions, body?: string): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { accept: "application/json", "user-agent": "kubenurse", ...options.headers };
    const plain = url.protocol === "http:";
    const outgoing = plain
      ? requestHttp(url, { ...options, headers })
      : requestHttps(url, { agent: false, ...options, headers });
    outgoing.on("socket", (socket) => socket.setKeepAlive(true, 30_000));
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
  if (response.statusCode === 200 || response.statusCode === 201) return response;
  throw new ApiError(response.statusCode ?? 0, messageOf(await text(response), response));
}

/** The server's own words where it sent a Status object, else the HTTP status. */
function messageOf(body: string, response: IncomingMessage): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {}
  return `${response.statusCode} ${response.statusMessage}`;
}
