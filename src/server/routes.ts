import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import type { Logger } from "pino";
import { reportsPath } from "../diagnosis/postReport.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type AgentIdentity, agentHeader, writeAgentHeader } from "../probes/agentIdentity.ts";
import { makePayload, payloadBytes } from "../probes/payload/bytes.ts";
import { type AliveSources, aliveAnswer } from "./alive.ts";
import type { Api } from "./api.ts";
import { addApiRoutes } from "./apiRoutes.ts";
import { writeGoJson } from "./goJson.ts";
import type { Reports } from "./reports.ts";
import { readBody } from "./requestBody.ts";
import type { Retry } from "./retry.ts";

/** What the endpoints show. */
export interface RouteSources extends AliveSources {
  /** Whether every check had its first run; until then `/alive` has nothing to say. */
  readonly firstRunDone: () => boolean;
  /** Whether this agent may get traffic. */
  readonly ready: () => boolean;
  /** Whose answers these are. */
  readonly identity: () => AgentIdentity;
  readonly retry: Retry;
  /** Absent where the diagnosis is off. */
  readonly api?: Api;
  /** Absent, too. */
  readonly reports?: Reports;
  readonly metrics: Pick<Metrics, "render" | "contentType" | "incoming">;
}

/** The endpoints, the same on every listener and for every method. */
export function createRoutes(sources: RouteSources, log: Logger): Hono<{ Bindings: HttpBindings }> {
  // A base URL that ends in a slash makes a path begin with two.
  const collapsed = (request: Request) => getPath(request).replace(/\/{2,}/g, "/");
  const whose = () => ({ [agentHeader]: writeAgentHeader(sources.identity()) });
  const routes = new Hono<{ Bindings: HttpBindings }>({ getPath: collapsed });

  routes.all("/alive", ({ body, env }) => {
    if (!sources.firstRunDone()) return body(null, 500, empty);
    return body(writeGoJson(aliveAnswer(env.incoming, sources)), 200, {
      "Content-Type": "text/plain; charset=utf-8",
    });
  });

  routes.all("/ready", ({ env }) => send(env, sources.ready() ? 200 : 503, empty));

  routes.all("/alwayshappy", ({ env }) => {
    const origin = env.incoming.headers["kubenurse-neighbour-origin"];
    if (origin !== undefined) sources.metrics.incoming.record(String(origin));
    return send(env, 200, { ...empty, ...whose() });
  });

  // A POST is told how much of it arrived; anything else gets as much as a POST may send.
  const payload = makePayload();
  routes.all("/payload", async ({ env }) => {
    if (env.incoming.method !== "POST") return send(env, 200, { ...binary, ...whose() }, payload);
    const received = await readBody(env.incoming, payloadBytes);
    if (received === undefined) return send(env, 413, { ...empty, Connection: "close" });
    return send(env, 200, { ...plain, ...whose() }, String(received.length));
  });

  routes.post("/retry", async ({ body, env, json }) => {
    const response = await sources.retry(env.incoming);
    return response.status === 200 ? json(response.answer) : body(null, response.status, empty);
  });

  routes.post(reportsPath, async ({ env, req }) => {
    const status = (await sources.reports?.(env.incoming, req.query("forward") !== undefined)) ?? 403;
    return send(env, status, status === 413 ? { ...empty, Connection: "close" } : empty);
  });

  routes.all("/metrics", async ({ env }) => {
    const text = await sources.metrics.render();
    return send(env, 200, { "Content-Type": sources.metrics.contentType }, text);
  });

  addApiRoutes(routes, sources.api);

  // Clients of the Go kubenurse see the answer of its standard library.
  routes.all("*", ({ body, env }) => {
    const withBody = env.incoming.method === "GET" || env.incoming.method === "HEAD";
    if (!withBody) return body(null, 301, { ...empty, Location: "/alive" });
    return body('<a href="/alive">Moved Permanently</a>.\n\n', 301, {
      "Content-Type": "text/html; charset=utf-8",
      Location: "/alive",
    });
  });

  routes.onError((error, { body, req }) => {
    log.error({ err: error, path: req.path }, "cannot answer");
    return body(null, 500, empty);
  });

  return routes;
}

/** Past a `Response`, whose body is a stream: for what is asked all the time, that costs more than the rest of the answer. */
function send(
  { outgoing }: HttpBindings,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array,
): Response {
  // Unlike `writeHead`, this leaves it to Node to send the head together with the body, and how long that is.
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

/** Without it, an empty body would be sent in chunks. */
const empty = { "Content-Length": "0" };
const plain = { "Content-Type": "text/plain; charset=UTF-8" };
const binary = { "Content-Length": String(payloadBytes), "Content-Type": "application/octet-stream" };
