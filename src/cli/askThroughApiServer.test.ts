import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type RequestListener, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deadNode, startDiagnosisServer, viewOf } from "../../test/peers/handMadeDiagnosis.ts";
import { type Peer, startHttpPeer } from "../../test/peers/httpPeer.ts";
import { askAgents } from "./askAgents.ts";

/** Pods by the selector that finds them. A pod without an agent behind it can't be reached. */
interface Cluster {
  readonly pods: Readonly<Record<string, readonly { name: string; ready: boolean; port?: number }[]>>;
  readonly forbidden?: string;
}

let api: Peer & { readonly requests: IncomingMessage[] };
let agent: Awaited<ReturnType<typeof startDiagnosisServer>>;
let cluster: Cluster;
let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  agent = await startDiagnosisServer(viewOf(deadNode));
  api = await startHttpPeer(answer);
  writeKubeconfig("config", "here", api.url.origin);
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await api[Symbol.asyncDispose]();
  await agent[Symbol.asyncDispose]();
});

function writeKubeconfig(name: string, context: string, server: string): string {
  const file = join(directory, name);
  const config = {
    ...{ apiVersion: "v1", kind: "Config", users: [{ name: context, user: { token: "secret" } }] },
    clusters: [{ name: context, cluster: { server } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Answers as an API server does: lists pods, and passes on to the port of one. */
const answer: RequestListener = (incoming, response) => {
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://api");
  const fail = (status: number, message: string) => {
    response.writeHead(status).end(JSON.stringify({ kind: "Status", message }));
  };
  const { pods, forbidden } = cluster;
  const [, name, path] =
    /^\/api\/v1\/namespaces\/kubenurse\/pods\/(.+):8080\/proxy(\/.*)$/.exec(pathname) ?? [];
  const port = Object.values(pods)
    .flat()
    .find((pod) => pod.name === name)?.port;
  if (forbidden !== undefined && pathname.includes(forbidden)) fail(403, `${forbidden} is forbidden`);
  else if (name === undefined) {
    const items = pods[searchParams.get("labelSelector") ?? ""]?.map(({ name, ready }) => ({
      metadata: { name, namespace: "kubenurse" },
      status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
    }));
    response.end(JSON.stringify({ items: items ?? [] }));
  } else if (port === undefined) fail(503, "error trying to reach service");
  else {
    request({ host: "127.0.0.1", port, path }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 0, upstream.headers);
      upstream.pipe(response);
    }).end();
  }
};

const ask = (options: Parameters<typeof askAgents>[0] = {}) =>
  askAgents({ kubeconfig: join(directory, "config"), ...options }, {});
const asked = () => api.requests.map(({ url }) => url);
const chart = "app.kubernetes.io/name=kubenurse";

describe("through the API server", () => {
  test("the first ready pod that answers is asked, and the same one again", async () => {
    cluster = {
      pods: {
        [chart]: [
          { name: "unready", ready: false, port: agent.port },
          { name: "gone", ready: true },
          { name: "well", ready: true, port: agent.port },
        ],
      },
    };
    const agents = ask();
    expect(await agents("/api/v1/findings")).toMatchObject({ open: deadNode.open });
    await agents("/api/v1/matrix");
    expect(asked()).toEqual([
      "/api/v1/pods?labelSelector=app.kubernetes.io%2Fname%3Dkubenurse&fieldSelector=status.phase%3DRunning&limit=50",
      "/api/v1/namespaces/kubenurse/pods/gone:8080/proxy/api/v1/findings",
      "/api/v1/namespaces/kubenurse/pods/well:8080/proxy/api/v1/findings",
      "/api/v1/namespaces/kubenurse/pods/well:8080/proxy/api/v1/matrix",
    ]);
  });

  test("another is looked for when that one is gone", async () => {
    const well = { name: "well", ready: true, port: agent.port };
    cluster = { pods: { [chart]: [well] } };
    const agents = ask();
    await agents("/api/v1/findings");
    cluster = { pods: { [chart]: [{ ...well, name: "new" }] } };
    await expect(agents("/api/v1/findings")).rejects.toThrow("error trying to reach service");
    expect(await agents("/api/v1/findings")).toMatchObject({ open: deadNode.open });
  });

  test("pods of the manifests are found, too, and those that a selector names in a namespace", async () => {
    const pods = [{ name: "well", ready: true, port: agent.port }];
    cluster = { pods: { "app=kubenurse": pods, "a=b": pods } };
    await ask()("/api/v1/findings");
    await ask({ selector: "a=b", namespace: "kubenurse" })("/api/v1/findings");
    expect(asked().at(-2)).toMatch(/^\/api\/v1\/namespaces\/kubenurse\/pods\?labelSelector=a%3Db&/);
  });

  test("the files of KUBECONFIG are one, and a context of them may be named", async () => {
    cluster = { pods: { [chart]: [{ name: "well", ready: true, port: agent.port }] } };
    const other = writeKubeconfig("other", "elsewhere", "http://127.0.0.1:1");
    const environment = { KUBECONFIG: `${other}:${join(directory, "config")}` };
    await expect(askAgents({}, environment)("/api/v1/findings")).rejects.toThrow("ECONNREFUSED");
    await askAgents({ context: "here" }, environment)("/api/v1/findings");
    await expect(askAgents({ context: "nowhere" }, environment)("/api/v1/findings")).rejects.toThrow(
      'expected a context "nowhere"',
    );
  });
});

describe("what can't be done is said", () => {
  test("no pod is there", async () => {
    cluster = { pods: {} };
    await expect(ask()("/api/v1/findings")).rejects.toThrow(
      "no pod with app.kubernetes.io/name=kubenurse or app=kubenurse runs in any namespace; say --namespace or --selector",
    );
    await expect(ask({ namespace: "x", selector: "a=b" })("/api/v1/findings")).rejects.toThrow(
      "no pod with a=b runs in namespace x",
    );
  });

  test("listing pods is forbidden", async () => {
    cluster = { pods: {}, forbidden: "pods" };
    await expect(ask()("/api/v1/findings")).rejects.toThrow("pods is forbidden");
  });

  test("the proxy is forbidden, which one pod is enough to learn", async () => {
    cluster = {
      pods: { [chart]: [1, 2].map((n) => ({ name: `pod-${n}`, ready: true, port: agent.port })) },
      forbidden: "proxy",
    };
    await expect(ask()("/api/v1/findings")).rejects.toThrow(
      "no agent answers through the API server: proxy is forbidden",
    );
    expect(asked()).toHaveLength(2);
  });

  test("the diagnosis is off, in the agent's words", async () => {
    await using off = await startDiagnosisServer(undefined);
    cluster = { pods: { [chart]: [{ name: "off", ready: true, port: off.port }] } };
    await expect(ask()("/api/v1/findings")).rejects.toThrow("this agent's diagnosis is off");
  });
});
