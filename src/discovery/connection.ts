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
}

/** An answer of the API server that is not 200. */
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
  return { get: (path, signal) => get(new URL(path, apiServer), optionsFor, signal) };
}

/** Loads the Kubernetes client only here: in a cluster it would cost memory for nothing. */
async function connectByKubeconfig(files: readonly string[]): Promise<KubernetesConnection> {
  const { KubeConfig } = await import("./kubeConfig.ts");
  const kubeconfig = new KubeConfig();
  for (const [index, file] of files.entries()) {
    const one = new KubeConfig();
    try {
      one.loadFromFile(file);
      if (index === 0) kubeconfig.loadFromFile(file);
      else kubeconfig.mergeConfig(one);
    } catch (error) {
      throw new ConfigError([`KUBECONFIG: can't use ${JSON.stringify(file)}: ${(error as Error).message}`]);
    }
  }
  const server = kubeconfig.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new ConfigError([
      `KUBECONFIG: no current cluster in ${files.join(", ")}; expected a current-context`,
    ]);
  }
  const optionsFor = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    // Without TLS, as behind `kubectl proxy`, the client refuses to give out credentials.
    if (server.startsWith("http:")) return options;
    await kubeconfig.applyToHTTPSOptions(options);
    return options;
  };
  return { get: (path, signal) => get(below(new URL(server), path), optionsFor, signal) };
}

/** The server of a kubeconfig may have a path of its own, as behind a proxy for several clusters. */
function below({ origin, pathname }: URL, path: string): URL {
  return new URL(`${origin}${pathname.replace(/\/$/, "")}${path}`);
}

async function get(url: URL, optionsFor: () => Promise<RequestOptions>, signal: AbortSignal) {
  const options = await optionsFor();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { accept: "application/json", "user-agent": "kubenurse", ...options.headers };
    const plain = url.protocol === "http:";
    const outgoing = plain
      ? requestHttp(url, { headers, signal })
      : requestHttps(url, { agent: false, ...options, headers, signal });
    outgoing.on("socket", (socket) => socket.setKeepAlive(true, 30_000));
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.end();
  });
  if (response.statusCode === 200) return response;
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
