import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Gate } from "../gate.ts";
import { ApiFailure, badRequest, statusOf, unauthorized } from "./failure.ts";
import { type Kind, type Place, placeOf } from "./kinds.ts";
import type { Lists } from "./list.ts";
import { selectionOf } from "./selection.ts";
import type { Store } from "./store.ts";
import { type WatchOptions, watch } from "./watch.ts";
import { write } from "./write.ts";

export interface HandlerOptions extends Pick<WatchOptions, "bookmarkSeconds" | "goneAs"> {
  readonly store: Store;
  readonly lists: Lists;
  /** Nothing is answered while it is closed. */
  readonly gate: Gate;
  readonly tokens: ReadonlySet<string>;
  /** Pairs such as `nodes <token>`, with `*` for every token. */
  readonly forbidden: ReadonlySet<string>;
}

/** Answers requests as an API server does: failures come as `Status` objects. */
export function createHandler(options: HandlerOptions): RequestListener {
  return (request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      const failure =
        error instanceof ApiFailure ? error : new ApiFailure(500, "InternalError", String(error));
      sendJson(response, failure.code, statusOf(failure));
    });
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HandlerOptions) {
  const { store, lists, gate, tokens, forbidden } = options;
  await gate.passed();
  const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  if (!tokens.has(token)) throw unauthorized();
  const { pathname, searchParams: query } = new URL(request.url ?? "", "https://api");
  if (pathname === "/version") return sendJson(response, 200, versionInfo);
  if (/^\/(healthz|readyz|livez)$/.test(pathname)) return void response.end("ok");
  const place = placeOf(pathname);
  if (place === undefined) throw new ApiFailure(404, "NotFound", "the server has no such resource");
  refuseForbidden(forbidden, place, token);
  const method = request.method ?? "GET";
  if (method !== "GET") {
    const contentType = request.headers["content-type"] ?? "";
    const body = parseBody(await text(request));
    const written = write(store, { method, place, contentType, body, query });
    return sendJson(response, method === "POST" ? 201 : 200, complete(place.kind, written));
  }
  const { kind, namespace, name } = place;
  if (name !== undefined) {
    return sendJson(response, 200, complete(kind, store.get(kind.resource, name, namespace)));
  }
  const selection = selectionOf(query, namespace);
  if (!/^(true|1)$/.test(query.get("watch") ?? "")) {
    return sendJson(response, 200, lists.page(kind, selection, query));
  }
  watch(response, { ...options, kind, selection, query });
}

const versionInfo = {
  major: "1",
  minor: "35",
  gitVersion: "v1.35.0-kubenurse-demo",
  platform: "linux/amd64",
};

function refuseForbidden(forbidden: ReadonlySet<string>, { kind }: Place, token: string): void {
  const { resource } = kind;
  if (!forbidden.has(`${resource} *`) && !forbidden.has(`${resource} ${token}`)) return;
  throw new ApiFailure(403, "Forbidden", `${resource} is forbidden: the demo's user can't access them`);
}

function parseBody(body: string): unknown {
  try {
    return body === "" ? undefined : JSON.parse(body);
  } catch (error) {
    throw badRequest(`the body is no JSON: ${(error as Error).message}`);
  }
}

const complete = ({ kind, apiVersion }: Kind, object: object) => ({ kind, apiVersion, ...object });

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
