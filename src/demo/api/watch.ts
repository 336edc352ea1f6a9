import type { ServerResponse } from "node:http";
import type { Gate } from "../gate.ts";
import { gone, statusOf } from "./failure.ts";
import type { Kind } from "./kinds.ts";
import type { Selection } from "./selection.ts";
import type { ApiObject, Change, Store } from "./store.ts";

export interface WatchOptions {
  readonly store: Store;
  readonly kind: Kind;
  readonly selection: Selection;
  readonly query: URLSearchParams;
  /** Nothing is sent while it is closed. */
  readonly gate: Gate;
  readonly bookmarkSeconds: number;
  /** How a place is refused whose changes are no longer known: servers do it either way. */
  readonly goneAs: "status" | "event";
}

const secondsByDefault = 1800;

/**
 * Sends the changes since `resourceVersion` (without one: all objects first) as JSON lines until `timeoutSeconds` are over or
 * the client leaves.
 * @throws ApiFailure 410 where the changes are no longer known.
 */
export function watch(response: ServerResponse, options: WatchOptions): void {
  const { store, kind, selection, query, gate, bookmarkSeconds } = options;
  const from = Number(query.get("resourceVersion") ?? 0);
  const past = from === 0 ? [] : store.changesSince(kind.resource, from);
  if (past === "gone" && options.goneAs === "status") throw gone();

  const send = (event: WatchEvent | undefined) => {
    if (event === undefined) return;
    const line = `${JSON.stringify(event)}\n`;
    gate.passed().then(() => response.write(line));
  };
  const complete = (object: ApiObject) => ({ kind: kind.kind, apiVersion: kind.apiVersion, ...object });
  const bookmark = () => {
    if (query.get("allowWatchBookmarks") !== "true") return;
    send({
      type: "BOOKMARK",
      object: complete({ metadata: { name: "", resourceVersion: String(store.version) } }),
    });
  };
  const tell = (change: Change) => send(eventOf(change, selection, complete));

  response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
  if (past === "gone") {
    send({ type: "ERROR", object: statusOf(gone()) });
    gate.passed().then(() => response.end());
    return;
  }
  const present = from === 0 ? store.list(kind.resource).filter(selection) : [];
  for (const object of present) send({ type: "ADDED", object: complete(object) });
  for (const change of past) tell(change);

  const unsubscribe = store.subscribe((change) => {
    if (change.resource === kind.resource) tell(change);
  });
  const bookmarks = setInterval(bookmark, bookmarkSeconds * 1000);
  const seconds = Number(query.get("timeoutSeconds")) || secondsByDefault;
  const stop = () => {
    unsubscribe();
    clearInterval(bookmarks);
    clearTimeout(end);
  };
  const end = setTimeout(() => {
    bookmark();
    stop();
    gate.passed().then(() => response.end());
  }, seconds * 1000);
  response.on("close", stop);
}

interface WatchEvent {
  readonly type: string;
  readonly object: object;
}

/** An object that begins or ceases to be selected looks to the watcher as if it came or went. */
function eventOf(
  { type, object, previous }: Change,
  selection: Selection,
  complete: (object: ApiObject) => object,
): WatchEvent | undefined {
  const was = type === "DELETED" ? selection(object) : previous !== undefined && selection(previous);
  const is = type !== "DELETED" && selection(object);
  if (is) return { type: was ? "MODIFIED" : "ADDED", object: complete(object) };
  return was ? { type: "DELETED", object: complete(object) } : undefined;
}
